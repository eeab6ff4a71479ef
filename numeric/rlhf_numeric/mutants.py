"""Mutants of a claim: what it would say with one thing changed.

Most are made from the source of its `sides`: the module that defines the claim is parsed, one node of the function, or
of a helper beside it, is changed, and the module is run again under another name. So every claim, present and future,
is mutated in the same ways, and a mutant can be built again from its name alone.
"""

import ast
import inspect
import sys
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from functools import cache, partial
from types import FunctionType, ModuleType
from typing import NamedTuple

from rlhf_numeric._arithmetic import Numbers
from rlhf_numeric.claim import Claim, everywhere
from rlhf_numeric.instance import Instance
from rlhf_numeric.verdict import Sides


class UnknownMutantError(ValueError):
    """A name that no mutant of the claim has (any more)."""


def names_of_mutants(claim: Claim, /) -> tuple[str, ...]:
    """Names of all mutants of a claim; a name says what is changed.

    Examples
    --------
    >>> from rlhf_numeric import CLAIMS
    >>> names = names_of_mutants(CLAIMS["variance-bound"])
    >>> names[:3], names[-1]
    (('rhs × 0.9', 'rhs × 0.5', 'reversed'), 'variance_bound: bound * bound → bound')
    """
    return (*_of_the_whole(claim), *_edits(claim))


def mutant(claim: Claim, name: str, /) -> Claim:
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


def _of_the_whole(claim: Claim) -> dict[str, Claim]:
    sides = claim.sides
    if claim.kind == "inequality":
        found = {f"rhs × {factor}": replace(claim, sides=_scaled(sides, factor)) for factor in (0.9, 0.5)}
        found["reversed"] = replace(claim, sides=lambda instance: sides(instance)[::-1])
    else:
        factors = {"rhs × (1 + 2^-40)": 1 + 2.0**-40, "rhs × −1": -1.0}
        found = {name: replace(claim, sides=_scaled(sides, factor)) for name, factor in factors.items()}
    if claim.applicable is not everywhere:
        found["hypotheses ignored"] = replace(claim, applicable=everywhere)
    return found


def _scaled(sides: Sides, factor: float) -> Sides:
    def scaled(instance: Instance) -> tuple[Numbers, Numbers]:
        lhs, rhs = sides(instance)
        return lhs, rhs * factor

    return scaled


class _Edit(NamedTuple):
    """One node of one function, and what takes its place."""

    function: str
    place: int
    changed: ast.expr


def _edits(claim: Claim) -> dict[str, _Edit]:
    tree, found = _parsed(_function(claim).__module__), dict[str, _Edit]()
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for function in _reached(_function(claim).__name__, functions):
        for place, node in enumerate(_body_nodes(functions[function])):
            for changed in _alternatives(node):
                name = f"{function}: {ast.unparse(node)} → {ast.unparse(changed)}"
                while name in found:  # the same text at another place
                    name += "'"
                found[name] = _Edit(function, place, changed)
    return found


def _function(claim: Claim) -> FunctionType:
    """Return the function as written, without the constant that a claim may fill in."""
    written = claim.sides.func if isinstance(claim.sides, partial) else claim.sides
    assert isinstance(written, FunctionType)
    return written


@cache
def _parsed(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(sys.modules[module]))


def _reached(name: str, functions: dict[str, ast.FunctionDef]) -> list[str]:
    """Names of the function and of those beside it that it calls, directly or not; other claims excluded."""
    order, left = [], [name]
    while left:
        name = left.pop(0)
        if name in functions and name not in order:
            order.append(name)
            left += [node.id for node in ast.walk(functions[name]) if isinstance(node, ast.Name)]
    return [name for name in order if name == order[0] or not functions[name].decorator_list]


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


def _edited(tree: ast.Module, edit: _Edit) -> ast.Module:
    other = deepcopy(tree)
    (home,) = (node for node in other.body if isinstance(node, ast.FunctionDef) and node.name == edit.function)
    target = _body_nodes(home)[edit.place]

    class Exchange(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return deepcopy(edit.changed) if node is target else self.generic_visit(node)

    Exchange().visit(home)
    return other


def _alternatives(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what may stand in the place of a node: less a factor or divisor, other sign, max for min, 1/λ, ρ² for ρ."""
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
    elif isinstance(node, ast.Attribute) and node.attr == "kl_coef":
        yield ast.BinOp(ast.Constant(1.0), ast.Div(), node)
    elif isinstance(node, ast.Call):
        yield from _calls(node)


def _calls(node: ast.Call) -> Iterator[ast.expr]:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    opposite = {"amax": "amin", "amin": "amax"}.get(called)
    if called == "norm":
        yield ast.BinOp(node, ast.Mult(), node)
    elif called in ("absolute", "sqrt"):
        yield node.args[0]
    elif opposite is not None:
        yield ast.Call(ast.Name(opposite, ast.Load()), node.args, node.keywords)


def _compiled(claim: Claim, edit: _Edit) -> Sides:
    """Sides of the claim as the changed module defines it; both extremes are at hand, whatever the module imports."""
    original = _function(claim).__module__
    tree = _edited(_parsed(original), edit)
    first_import = next(i for i, node in enumerate(tree.body) if isinstance(node, ast.ImportFrom))
    tree.body.insert(first_import, ast.parse("from rlhf_numeric._arithmetic import amax, amin").body[0])
    module = ModuleType(f"{original}, mutated")
    exec(compile(ast.fix_missing_locations(tree), module.__name__, "exec"), vars(module))
    return next(x.sides for x in vars(module).values() if isinstance(x, Claim) and x.id == claim.id)
