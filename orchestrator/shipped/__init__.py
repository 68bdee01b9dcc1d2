"""What travels with the program and is no code: the labs, and what a node is made of.

In a checkout, the folders here are links to those at its top; a wheel has their files.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

_HERE: Final = Path(str(files(__name__)))

LABS: Final = (_HERE / "labs").resolve()
IMAGE: Final = (_HERE / "image").resolve()
