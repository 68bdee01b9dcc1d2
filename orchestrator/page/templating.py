"""How pages are made of templates: all that nodes and files say is text there, whatever it says."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from orchestrator.page.matrix import Reach
from orchestrator.verification.journey.stage import Passage
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.kit.tables import stack
from orchestrator.verification.kit.wording import listed

# Nothing that a terminal or a reader takes for more than a character: controls, and turns of direction.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


@cache
def environment() -> Environment:
    """The templates of this package, and what they may call."""
    made = Environment(
        loader=PackageLoader("orchestrator.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    made.filters["stack"] = stack
    made.filters["listed"] = listed
    made.globals["Reach"] = Reach
    made.globals["Passage"] = Passage
    made.globals["Verdict"] = Verdict
    return made


def _visible(value: object) -> object:
    """What a node or a file says, with a mark for each character that could not be seen."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _UNSEEN.sub("\ufffd", value)
    return value
