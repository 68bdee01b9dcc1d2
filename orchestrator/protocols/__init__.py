"""PE-CE protocols, one folder each: `protocol.py` there lists all that the program knows of it.

A new one (`rip` is the smallest that routes) is

* a folder here: `values` (what both ends agree on), `intent` (what `vpn.yml` says), `agreement`,
  `configuration`, `routes` (what a table learns by it), `checks`, `trace`, and `protocol`, which fills in a
  `descriptor.PeCeProtocol`;
* its line in `registry.PROTOCOLS`, and the folder in the contracts of `pyproject.toml`;
* its show commands: a module and templates in `parsers/`; for a new daemon a line in `fleet/daemons.py` and
  in `fleet/who_hangs.sh`;
* its name in `l3vpn new --protocol` (`cli.py`), and `labs/vpn.schema.json` anew (`--update-golden`);
* a lab under `labs/` with a live test, and its daemon's words in `tests/unit/verification/converged/`.
"""
