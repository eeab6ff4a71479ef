"""``setting.toml``: what all statements share, and the words in which their LaTeX says what Lean assumes."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rlhf_proofs.errors import TableError
from rlhf_proofs.resources import setting_file

__all__ = ["Setting", "load_setting"]

_TABLES = ("assumes", "laws", "symbols")


@dataclass(frozen=True)
class Setting:
    """The setting of all statements.

    Attributes
    ----------
    parts
        In LaTeX, text with ``$…$``, one paragraph each.
    defines
        Symbols that the parts explain.
    assumes
        Words that state a hypothesis of Lean in the LaTeX of a statement, by the hypothesis as Lean prints it.
    laws
        Words of the setting, by the law of a structure or the predicate that they state.
    symbols
        Words one of which defines a symbol in a statement that uses it.
    """

    parts: tuple[str, ...]
    defines: frozenset[str]
    assumes: Mapping[str, tuple[str, ...]]
    laws: Mapping[str, tuple[str, ...]]
    symbols: Mapping[str, tuple[str, ...]]

    @property
    def latex(self) -> str:
        """All parts, a paragraph each."""
        return "\n\n".join(self.parts)


def load_setting(path: Path | None = None) -> Setting:
    """Read the setting.

    Raises
    ------
    TableError
        If the file is not TOML of this form.
    """
    path = path or setting_file()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        if set(raw) != {"part", *_TABLES}:
            raise ValueError(f"expected part, {', '.join(_TABLES)}; got {', '.join(raw)}")
        parts = tuple(_text(part["latex"]) for part in raw["part"])
        defined = frozenset(_text(symbol) for part in raw["part"] for symbol in part["defines"])
        tables = ({key: tuple(map(_text, words)) for key, words in raw[name].items()} for name in _TABLES)
        return Setting(parts, defined, *tables)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TableError(f"{path}: not a file of the setting: {error}") from error


def _text(value: Any) -> str:  # noqa: ANN401 - what TOML holds
    if not isinstance(value, str) or not value:
        raise ValueError(f"expected a non-empty string, got {value!r}")
    return value
