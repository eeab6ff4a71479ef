"""Mutants of a claim: what it would say with one thing changed.

Most are made from the source of its `sides`: the module that defines the claim is parsed, one node of the function, or
of a helper beside it, is changed, and these functions are defined anew. So every claim, present and future, is mutated
in the same ways, and a mutant can be built again from its name alone.

A claim with the least second-order constant has the source of the one with exp M. Where its right side grows with C, an
instance that refutes a mutant of that source refutes it with the smaller constant, too; so only C itself is changed.
"""

import ast
import inspect
import sys
from collections.abc import Iterator
from copy import copy, deepcopy
from dataclasses import replace
from functools import cache, partial
from types import FunctionType
from typing import NamedTuple

from rlhf_numeric.arithmetic.kinds import Numbers, amax, amin
from rlhf_numeric.evaluation.claim import Claim, Constant, everywhere
from rlhf_numeric.evaluation.fields import Kind
from rlhf_numeric.evaluation.record import R
from rlhf_numeric.evaluation.verdict import Sides
from rlhf_numeric.model.sharing import shared


class UnknownMutantError(ValueError):
    """A name that no mutant of the claim has (any more)."""


def names_of_mutants(claim: Claim[R], /) -> tuple[str, ...]:
    """Names of all mutants of a claim; a name says what is changed.

    Examples
    --------
    >>> from rlhf_numeric import CLAIMS
    >>> names = names_of_mutants(CLAIMS["variance-bound"])
    >>> names[:3], "variance_bound: bound * bound → bound" in names
    (('rhs × 0.9', 'rhs × 0.5', 'reversed'), True)
    """
    return (*_of_the_whole(claim), *_edits(claim))


def mutant(claim: Claim[R], name: str, /) -> Claim[R]:
    """Build one mutant.

    Raises
    ------
    UnknownMutantError
        If the claim has none of this name.
    """
    whole, edits = _of_the_whole(claim), _edits(claim)
    if name in whole:
        return whole[name]
    if name not in edits:
        raise UnknownMutantError(f"{claim.id}: expected one of its mutants, got {name!r}; were its sources changed?")
    return replace(claim, sides=_compiled(claim, edits[name]))


def _of_the_whole(claim: Claim[R]) -> dict[str, Claim[R]]:
    sides = claim.sides
    if claim.kind == "inequality":
        found = {f"rhs × {factor}": replace(claim, sides=_scaled(sides, factor)) for factor in (0.9, 0.5)}
        found["reversed"] = replace(claim, sides=lambda instance: sides(instance)[::-1])
    else:
        factors = {"rhs × (1 + 2^-40)": 1 + 2.0**-40, "rhs × −1": -1.0}
        found = {name: replace(claim, sides=_scaled(sides, factor)) for name, factor in factors.items()}
    if claim.applicable is not everywhere:
        found["hypotheses ignored"] = replace(claim, applicable=everywhere)
    return found | {f"C × {factor}": replace(claim, sides=_smaller(claim.sides, factor)) for factor in _factors(claim)}


def _factors(claim: Claim[R]) -> tuple[float, ...]:
    """Return what the constant of a claim is multiplied by: nothing where it is not the least."""
    return () if claim.sharp_of is None else (0.9, 0.5)


def _smaller(sides: Sides[R], factor: float) -> Sides[R]:
    assert isinstance(sides, partial)
    constant: Constant = sides.keywords["constant"]
    return partial(sides, constant=lambda radius: constant(radius) * factor)


def _scaled(sides: Sides[R], factor: float) -> Sides[R]:
    def scaled(instance: R) -> tuple[Numbers, Numbers]:
        lhs, rhs = sides(instance)
        return lhs, rhs * factor

    return scaled


class _Edit(NamedTuple):
    """One node of one function, and what takes its place."""

    function: str
    place: int
    changed: ast.expr


def _edits(claim: Claim[R]) -> dict[str, _Edit]:
    if claim.sharp_of is not None:
        return {}
    written, fields = _function(claim), claim.family.record.FIELDS
    positive = frozenset(field.name for field in fields if field.kind is Kind.POSITIVE)
    return _edits_of(written.__module__, written.__name__, positive)


@cache
def _edits_of(module: str, name: str, positive: frozenset[str]) -> dict[str, _Edit]:
    functions, found = _functions(module), dict[str, _Edit]()
    for function in _reached(name, functions):
        for place, node in enumerate(_body_nodes(functions[function])):
            for changed in _alternatives(node, positive):
                text = f"{function}: {ast.unparse(node)} → {ast.unparse(changed)}"
                while text in found:  # the same text at another place
                    text += "'"
                found[text] = _Edit(function, place, changed)
    return found


def _function(claim: Claim[R]) -> FunctionType:
    """Return the function as written, without the constant that a claim may fill in."""
    written = claim.sides.func if isinstance(claim.sides, partial) else claim.sides
    assert isinstance(written, FunctionType)
    return written


@cache
def _functions(module: str) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def _reached(name: str, functions: dict[str, ast.FunctionDef]) -> list[str]:
    """Names of the function and of those beside it that it calls, directly or not; other claims excluded."""
    order, left = [], [name]
    while left:
        name = left.pop(0)
        if name in functions and name not in order:
            order.append(name)
            body = (node for statement in functions[name].body for node in ast.walk(statement))
            left += [node.id for node in body if isinstance(node, ast.Name)]
    return [name for name in order if name == order[0] or all(map(_only_shares, functions[name].decorator_list))]


def _only_shares(decorator: ast.expr) -> bool:
    """Whether a decorator leaves a helper what it is; any other makes a claim."""
    return isinstance(decorator, ast.Name) and decorator.id == shared.__name__


def _body_nodes(function: ast.FunctionDef) -> list[ast.AST]:
    """Nodes of the body in a fixed order, without what only computes an index."""
    nodes: list[ast.AST] = []

    def visit(node: ast.AST) -> None:
        nodes.append(node)
        for child in ast.iter_child_nodes(node):
            if not (isinstance(node, ast.Subscript) and child is node.slice):
                visit(child)

    for statement in function.body:
        visit(statement)
    return nodes


def _edited(function: ast.FunctionDef, edit: _Edit) -> ast.FunctionDef:
    other = deepcopy(function)
    target = _body_nodes(other)[edit.place]

    class Exchange(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return deepcopy(edit.changed) if node is target else self.generic_visit(node)

    Exchange().visit(other)
    return other


def _alternatives(node: ast.AST, positive: frozenset[str]) -> Iterator[ast.expr]:
    """Yield what may stand in the place of a node: less a factor or divisor, other sign, max for min, 1/λ, ρ² for ρ.

    λ is any of the positive fields.
    """
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Mult):
            same = ast.dump(node.left) == ast.dump(node.right)
            yield from (side for side in (node.left, node.right)[same:] if not isinstance(side, ast.Constant))
        elif isinstance(node.op, ast.Div):
            yield node.left
        elif isinstance(node.op, ast.Add | ast.Sub):
            flipped = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
            yield ast.BinOp(node.left, flipped, node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield node.operand
    elif isinstance(node, ast.Attribute) and node.attr in positive:
        yield ast.BinOp(ast.Constant(1.0), ast.Div(), node)
    elif isinstance(node, ast.Call):
        yield from _calls(node)


def _calls(node: ast.Call) -> Iterator[ast.expr]:
    called = _name(node.func)
    opposite = {"amax": "amin", "amin": "amax"}.get(called)
    if called == "norm":
        yield ast.BinOp(node, ast.Mult(), node)
    elif called in ("absolute", "sqrt"):
        yield node.args[0]
    elif opposite is not None:
        yield ast.Call(ast.Name(opposite, ast.Load()), node.args, node.keywords)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _compiled(claim: Claim[R], edit: _Edit) -> Sides[R]:
    """Sides of the claim with one function changed; both extremes are at hand, whatever the module imports.

    All functions that it reaches in its module are defined anew, so that each calls the changed one.
    """
    written = _function(claim)
    functions = dict(_functions(written.__module__))
    functions[edit.function] = _edited(functions[edit.function], edit)
    body: list[ast.stmt] = [functions[name] for name in _reached(written.__name__, functions)]
    bare = copy(functions[written.__name__])
    bare.decorator_list = []  # what makes it a claim
    module = ast.Module([bare, *body[1:]], type_ignores=[])
    names = {"amax": amax, "amin": amin} | vars(sys.modules[written.__module__])
    exec(compile(ast.fix_missing_locations(module), "<mutant>", "exec"), names)  # no file: coverage leaves it out
    sides: Sides[R] = names[written.__name__]
    return partial(sides, **claim.sides.keywords) if isinstance(claim.sides, partial) else sides
