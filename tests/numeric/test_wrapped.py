"""Number kinds share one base, which is how they are recognised, and refuse by name what they cannot do."""

import ast
from pathlib import Path

import numpy as np
import pytest

import rlhf_numeric
from rlhf_numeric.arithmetic import kinds as ar
from rlhf_numeric.arithmetic.dual import Dual
from rlhf_numeric.arithmetic.interval import Interval, interval
from rlhf_numeric.arithmetic.kinds import is_wrapped
from rlhf_numeric.arithmetic.wrapped import Wrapped
from rlhf_numeric.array_api import Foreign

X = np.array([[3.0, 0.0, 5.0]])
KINDS = {"interval": interval(X), "dual": Dual(X, np.ones_like(X)), "foreign": Foreign(X)}


@pytest.mark.parametrize("x", KINDS.values(), ids=KINDS)
def test_every_kind_is_wrapped_and_an_array_is_not(x):
    assert is_wrapped(x)
    assert not is_wrapped(X)
    assert (x.shape, x.ndim) == (X.shape, 2)
    assert x.__array_ufunc__ is None  # numpy leaves its operators to it


@pytest.mark.parametrize("x", KINDS.values(), ids=KINDS)
def test_selections_agree_with_those_of_floats(x):
    index = ar.argmax(x)
    assert index.tolist() == [2]
    picked, shift, largest = ar.pick(x, index, axis=-1), ar.shift(x), ar.amax(x, -1)
    for found, expected in ((picked, [[5.0]]), (shift, [[5.0]]), (largest, [5.0])):
        value = found.array if isinstance(found, Foreign) else ar.plain(found)
        assert np.asarray(value.mid if isinstance(value, Interval) else value).tolist() == expected


REFUSED = {
    "psi": lambda x: ar.psi(x),
    "absolute": lambda x: ar.absolute(x),
    "is_zero": lambda x: ar.is_zero(x),
    "log_where_positive": lambda x: ar.log_where_positive(x),
    "join": lambda x: ar.join(x, x),
    "concat": lambda x: ar.concat(x, X),
}


@pytest.mark.parametrize("operation", REFUSED)
def test_what_a_kind_cannot_do_is_refused_by_name(operation):
    with pytest.raises(TypeError, match=f"{operation}: Foreign has none"):
        REFUSED[operation](KINDS["foreign"])
    REFUSED[operation](KINDS["interval"])


def test_the_base_alone_can_do_nothing():
    for name in ("exp", "log", "sqrt", "shift", "argmax"):
        with pytest.raises(TypeError, match=f"{name}: Wrapped has none"):
            getattr(Wrapped(), name)()
    with pytest.raises(TypeError, match="shape: Wrapped has none"):
        _ = Wrapped().ndim


def test_parts_of_which_one_is_a_dual_are_joined_with_tangent_zero():
    both = ar.concat(X, KINDS["dual"])
    assert both.tangent.tolist() == [[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]]
    assert ar.join(X, KINDS["dual"]).tangent[..., 0].tolist() == [[0.0, 0.0, 0.0]]


def guesses(source):
    """Lines that ask an object for an attribute it may not have; modules of the platform may be asked."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            platform = bool(node.args) and isinstance(node.args[0], ast.Name) and node.args[0].id in ("os", "signal")
            if (node.func.id == "hasattr" and not platform) or (node.func.id == "getattr" and len(node.args) == 3):
                found.append(node.lineno)
    return found


def test_no_type_is_guessed_by_its_attributes():
    files = sorted(Path(rlhf_numeric.__file__).parent.rglob("*.py"))
    assert len(files) > 50
    assert {file.name: lines for file in files if (lines := guesses(file.read_text(encoding="utf-8")))} == {}


def test_a_guess_is_found():
    assert guesses('hasattr(x, "mid")\nhasattr(os, "fork")\ngetattr(x, "mid")\ngetattr(x, "mid", x)') == [1, 4]
