"""The reader of stored JSON: data of the form that was asked for, or a sentence that names the file."""

import copy
import json
from dataclasses import asdict

import jsonschema
import numpy as np
import pytest

from rlhf_numeric import CLAIMS, run
from rlhf_numeric.attacks.campaign import Finding
from rlhf_numeric.evaluation.case_json import (
    DEEPEST,
    KEYWORDS,
    LARGEST,
    Form,
    StoredFileError,
    digest,
    read_stored,
    record,
    schema_of,
    sealed,
    violation,
)
from rlhf_numeric.evaluation.findings import Tally
from rlhf_proofs.resources import schema_file

FORM = Form("a number", "write one", record(sha256={"type": "string"}, x={"type": "number"}))
LOOSE = Form("anything", "write it", {}, sealed=False)


def read(tmp_path, content, form=FORM):
    path = tmp_path / "stored.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_stored(path, form)


def test_what_was_sealed_is_read_again(tmp_path):
    assert read(tmp_path, json.dumps(sealed({"x": 1.5}))) == sealed({"x": 1.5})
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


@pytest.mark.parametrize("changed", [{"x": 1.25}, {"sha256": "0" * 64}, {"sha256": ""}])
def test_what_was_edited_afterwards_is_refused(tmp_path, changed):
    with pytest.raises(StoredFileError, match=r"stored\.json: expected a number, got content .* digest .*; write one$"):
        read(tmp_path, json.dumps(sealed({"x": 1.5}) | changed))


MALFORMED = {
    "empty": "",
    "cut off": '{"x": 1',
    "binary": b"\x80\x81\x00",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": "{}".encode("utf-16"),
    "NaN": '{"x": NaN}',
    "Infinity": '{"x": -Infinity}',
    "beyond float64": '{"x": 1e999}',
    "too many digits": '{"x": ' + "9" * 400 + "}",
    "more digits than Python reads": '{"x": ' + "9" * 5000 + "}",
    "a name twice": '{"x": 1, "x": 2}',
    "half a character": '{"x": "\\ud800"}',
    "half a character as a name": '{"\\uDFFF": 1}',
    "levels": "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1),
    "levels of objects": '{"a":' * 60 + "1" + "}" * 60,
    "many levels": "[" * 100_000,
    "two values": "1 2",
    "too large": b" " * (LARGEST + 1),
}


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_json_is_refused_in_one_line(tmp_path, content):
    with pytest.raises(StoredFileError, match=r"stored\.json: .* cannot be read as JSON") as refused:
        read(tmp_path, content, LOOSE)
    assert len(str(refused.value).splitlines()) == 1


def test_its_neighbours_are_read(tmp_path):
    nested = "[" * DEEPEST + "]" * DEEPEST
    for good in ("1e308", "-1", "9" * 300, '"\\ud83d\\ude00"', '{"x": {"x": null}}', '"\\\\ud800"', nested):
        assert read(tmp_path, good, LOOSE) == json.loads(good)


def test_what_is_no_file_is_refused(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in (".", "absent", "loop", "x" * 300):
        with pytest.raises(StoredFileError, match=r"cannot be read: .*; write one"):
            read_stored(tmp_path / name, FORM)


def damaged(data, rng, schema=None):
    """The data with one place changed, dropped or added; places of the document in equal shares."""
    data = copy.deepcopy(data)
    places = [(None, None, data)]
    for _, _, each in places:
        pairs = each.items() if isinstance(each, dict) else enumerate(each) if isinstance(each, list) else ()
        places += [(each, key, value) for key, value in pairs]
    parent, key, value = places[rng.integers(1, len(places))]
    odd = [None, True, -1, 0, 1.5, "", "x", [], {}, [1], {"a": 1}, "0" * 64, 10**30]
    if rng.random() < 0.3 and isinstance(parent, dict):
        del parent[key]
    elif rng.random() < 0.2 and isinstance(value, dict):
        value["surplus"] = 1
    else:
        parent[key] = odd[rng.integers(len(odd))]
    return data


def agree_on(data, schema, rounds):
    """How many damaged copies a well-kept validator refuses; it must be those that ours refuses."""
    judge, refused = jsonschema.Draft202012Validator(schema), 0
    rng = np.random.default_rng(0)
    for _ in range(rounds):
        other = damaged(data, rng)
        ours = violation(other, schema)
        assert (ours is None) == judge.is_valid(other), (ours, next(judge.iter_errors(other), None))
        refused += ours is not None
    return refused


def test_it_refuses_what_jsonschema_refuses_and_no_more():
    tally = run(CLAIMS["kl-nonneg"], instances=20)
    found = json.loads(json.dumps(asdict(Finding(tally, (1, 2)))))
    assert violation(found, schema_of(Finding)) is None
    assert 100 < agree_on(found, schema_of(Finding), 400) < 400
    case = {"a": None, "b": [1, 2], "c": {"d": "x"}, "e": 4, "f": [1, "x"]}
    schema = {
        "$defs": {"text": {"type": "string", "minLength": 1, "pattern": "^x"}},
        "type": "object", "required": ["a"], "additionalProperties": False,
        "properties": {
            "a": {"oneOf": [{"type": "null"}, {"$ref": "#/$defs/text"}]}, "e": {"enum": [4, None]},
            "f": {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": {"type": "null"}},
            "b": {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1, "maxItems": 2},
            "c": {"type": "object", "additionalProperties": {"$ref": "#/$defs/text"}},
        },
    }  # fmt: skip
    assert 100 < agree_on(case, schema, 1000) < 1000


def words(schema):
    """All keywords of a schema."""
    for name, value in schema.items():
        yield name
        inner = value.values() if name in ("properties", "$defs") else [value]
        inner = value if name in ("oneOf", "prefixItems") else inner
        yield from (word for each in inner if isinstance(each, dict) for word in words(each))


def test_no_schema_uses_a_keyword_that_is_not_looked_at():
    assert set(words(json.loads(schema_file().read_text()))) <= KEYWORDS
    assert set(words(schema_of(Tally))) <= KEYWORDS
    assert not set(words({"properties": {"a": {"maxLength": 1}}})) <= KEYWORDS


def test_a_refusal_names_the_place():
    schema = schema_of(Finding)
    found = json.loads(json.dumps(asdict(Finding(run(CLAIMS["kl-nonneg"], instances=20), ()))))
    assert violation(found | {"histogram": [0, "x"]}, schema) == "histogram[1] = 'x', not an integer"
    found["tally"]["vacuous"] = True
    assert violation(found, schema) == "tally.vacuous = True, not an integer"
    del found["tally"]["claim"]
    assert violation(found, schema) == "tally without 'claim'"
