"""False variants of the claims of 2602.21765, a module for each group."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

__all__ = ["PLANTED"]

_GROUPS = [import_module(f"{__name__}.{found.name}").PLANTED for found in iter_modules([str(Path(__file__).parent)])]
PLANTED = {name: falsehood for group in _GROUPS for name, falsehood in group.items()}
assert len(PLANTED) == sum(map(len, _GROUPS))  # none takes the place of another
