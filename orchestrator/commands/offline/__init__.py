"""Verbs that are asked of an evidence bundle (`--from`): no lab, no guest, nothing that only Linux has.

Each module is named like its verb, and has its own `Options` and `run`.
"""
