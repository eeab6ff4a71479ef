"""The one reader of JSON that was stored earlier: whatever a file holds, it gives data of its form or a sentence.

A form is described in the words of JSON Schema, of which `violation` knows those in `KEYWORDS`. A digest over the
content shows damage and edits by hand; it is no signature, since anybody can compute it.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, NoReturn, TypeAlias, Union, get_args, get_origin, get_type_hints

Schema: TypeAlias = Mapping[str, Any]

LARGEST = 2**26  # bytes: many times what any command stores
DEEPEST = 40  # lists and objects inside each other; what is stored has fewer than 10
_LONGEST = 300  # digits of an integer that a float can still hold
_CHECKED = (
    "$ref",
    "oneOf",
    "type",
    "enum",
    "const",
    "pattern",
    "minLength",
    "minimum",
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
)
_NAMES = ("required", "properties", "additionalProperties")
_WORDS = ("$schema", "$id", "$defs", "title", "description", "format")
KEYWORDS = frozenset((*_CHECKED, *_NAMES, *_WORDS))
_TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}

_SIMPLE = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


class StoredFileError(ValueError):
    """A stored file that cannot be used; the message names it, what was expected, what came, and what to do."""


@dataclass(frozen=True)
class Form:
    """What a stored file must be.

    Attributes
    ----------
    what
        In words, after "expected".
    remedy
        What to do about another one, in words.
    schema
        Of the whole file, the digest included.
    sealed
        Whether the file carries, as ``sha256``, the digest of the rest.
    """

    what: str
    remedy: str
    schema: Schema
    sealed: bool = True


def record(**properties: Schema) -> Schema:
    """Return the schema of an object that has exactly these fields."""
    return {"type": "object", "required": [*properties], "additionalProperties": False, "properties": properties}


def schema_of(kind: Any) -> Schema:  # noqa: ANN401 - a type
    """Return the schema of what ``dataclasses.asdict`` makes of a type, once it is JSON.

    Known are dataclasses, named tuples, tuples, mappings, unions, literals and the types of JSON.

    Examples
    --------
    >>> violation({"a": [1, "x"]}, schema_of(dict[str, tuple[int, ...]]))
    "a[1] = 'x', not an integer"
    """
    origin, inside = get_origin(kind), get_args(kind)
    if kind is Any:
        return {}
    if origin in (Union, UnionType):
        return {"oneOf": [schema_of(each) for each in inside]}
    if origin is Literal:
        return {"enum": list(inside)}
    if kind in _SIMPLE:
        return {"type": _SIMPLE[kind]}
    if is_dataclass(kind):
        types = get_type_hints(kind)
        return record(**{field.name: schema_of(types[field.name]) for field in fields(kind)})
    if origin is tuple or (isinstance(kind, type) and issubclass(kind, tuple)):
        return _schema_of_tuple(inside or tuple(get_type_hints(kind).values()))
    return {"type": "object", "additionalProperties": schema_of(inside[1])}  # of names in JSON


def _schema_of_tuple(types: tuple[Any, ...]) -> Schema:
    if types[1:] == (...,):
        return {"type": "array", "items": schema_of(types[0])}
    places = [schema_of(each) for each in types]
    return {"type": "array", "prefixItems": places, "minItems": len(places), "maxItems": len(places)}


def digest(body: object) -> str:
    """Return the SHA-256 of data, whatever the order of its names."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, allow_nan=False).encode()).hexdigest()


def sealed(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with its digest as ``sha256``.

    Examples
    --------
    >>> sealed({"a": 1})["sha256"][:8]
    'f9d86028'
    """
    return {**body, "sha256": digest(body)}


def read_stored(path: Path, form: Form) -> Any:  # noqa: ANN401 - as the schema of the form says
    """Read a file of some form.

    Raises
    ------
    StoredFileError
        If it cannot be read, is no JSON, has another form or not the digest of its content.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise StoredFileError(f"{path}: cannot be read: {error.strerror or error}; {form.remedy}") from error
    return from_text(raw, str(path), form)


def from_text(raw: bytes, where: str, form: Form) -> Any:  # noqa: ANN401 - as the schema of the form says
    """Read the content of a file of some form; ``where`` names it in messages.

    Raises
    ------
    StoredFileError
        As `read_stored`.
    """
    try:
        data: Any = _parsed(raw)
    except (ValueError, RecursionError) as error:
        problem: str | None = f"what cannot be read as JSON ({_reason(error)})"
    else:
        problem = violation(data, form.schema)
        if problem is None and form.sealed:
            body = {name: value for name, value in data.items() if name != "sha256"}
            problem = None if data.get("sha256") == digest(body) else "content that its digest does not fit"
        if problem is None:
            return data
    raise StoredFileError(f"{where}: expected {form.what}, got {problem}; {form.remedy}")


def _reason(error: Exception) -> str:
    return "too many levels" if isinstance(error, RecursionError) else str(error).partition("\n")[0][:200]


def _parsed(raw: bytes) -> object:
    if len(raw) > LARGEST:
        raise ValueError(f"more than {LARGEST} bytes")
    text = raw.decode("utf-8")
    data: object = json.loads(
        text, object_pairs_hook=_once, parse_constant=_refused, parse_float=_finite, parse_int=_integer
    )
    _require_shallow(data)
    if "\\ud" in text.lower():  # half a character, which nothing can print
        json.dumps(data, ensure_ascii=False).encode()
    return data


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(n for n in names if names.count(n) > 1)!r} occurs twice in one object")
    return found


def _refused(literal: str) -> NoReturn:
    raise ValueError(f"{literal} is no number of JSON")


def _finite(literal: str) -> float:
    if not math.isfinite(float(literal)):
        raise ValueError(f"{literal[:20]} is beyond the range of float64")
    return float(literal)


def _integer(literal: str) -> int:
    if len(literal) > _LONGEST:
        raise ValueError(f"an integer of {len(literal)} digits")
    return int(literal)


def _require_shallow(data: object) -> None:
    level = [data]
    for _ in range(DEEPEST):
        level = [x for each in level if isinstance(each, dict | list) for x in _inside(each)]
    if level:
        raise ValueError(f"more than {DEEPEST} levels")


def _inside(each: dict[str, Any] | list[Any]) -> list[Any]:
    return list(each.values()) if isinstance(each, dict) else each


def violation(data: object, schema: Schema) -> str | None:
    """Return in words the first place where data departs from a schema, None if there is none."""
    return next(_violations(data, schema, schema, ""), None)


def _violations(data: Any, schema: Schema, root: Schema, at: str) -> Iterator[str]:  # noqa: ANN401
    if "$ref" in schema:
        yield from _violations(data, root["$defs"][schema["$ref"].rpartition("/")[2]], root, at)
    if "oneOf" in schema:
        tried = [next(_violations(data, each, root, at), None) for each in schema["oneOf"]]
        yield from [] if None in tried else [max(filter(None, tried), key=len)]  # the one that says most
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(_is_a(kind, data) for kind in types):
        yield f"{_shown(data, at)}, not {' or '.join(map(_article, types))}"
    elif data not in schema.get("enum", [data]) or data != schema.get("const", data):
        yield f"{_shown(data, at)}, not {schema.get('const', schema.get('enum'))}"
    elif isinstance(data, list):
        yield from _in_list(data, schema, root, at)
    elif isinstance(data, dict):
        yield from _in_object(data, schema, root, at)
    elif isinstance(data, str):
        yield from _in_text(data, schema, at)
    elif _is_a("number", data) and data < schema.get("minimum", data):
        yield f"{_shown(data, at)}, not ≥ {schema['minimum']}"


def _in_text(data: str, schema: Schema, at: str) -> Iterator[str]:
    if not re.search(schema.get("pattern", ""), data):
        yield f"{_shown(data, at)}, which is not of the form {schema['pattern']}"
    if len(data) < schema.get("minLength", 0):
        yield f"{_shown(data, at)}, which is too short"


def _in_list(data: list[Any], schema: Schema, root: Schema, at: str) -> Iterator[str]:
    least, most = schema.get("minItems", 0), schema.get("maxItems", len(data))
    if not least <= len(data) <= most:
        yield f"{at or 'a list'} of {len(data)} items"
    places = schema.get("prefixItems", ())
    for i, each in enumerate(data):
        place = places[i] if i < len(places) else schema.get("items", {})
        yield from _violations(each, place, root, f"{at}[{i}]")


def _in_object(data: dict[str, Any], schema: Schema, root: Schema, at: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in data:
            yield f"{at or 'an object'} without {name!r}"
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name, value in data.items():
        inside = f"{at}.{name[:60]}" if at else name[:60]
        if name in known:
            yield from _violations(value, known[name], root, inside)
        elif others is False:
            yield f"the unknown field {inside!r}"
        elif others is not True:
            yield from _violations(value, others, root, inside)


def _is_a(kind: str, data: object) -> bool:
    if kind in ("integer", "number"):
        return isinstance(data, int if kind == "integer" else int | float) and not isinstance(data, bool)
    return isinstance(data, _TYPES[kind])


def _article(kind: str) -> str:
    return kind if kind == "null" else f"{'an' if kind[0] in 'aio' else 'a'} {kind}"


def _shown(data: object, at: str) -> str:
    text = repr(data)
    short = text if len(text) <= 40 else f"{text[:37]}..."
    return f"{at} = {short}" if at else short
