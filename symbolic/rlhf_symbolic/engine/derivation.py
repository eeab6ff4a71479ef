"""Derivations: chains of named steps from a definition to a closed form, each accepted only by an exact check."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from time import perf_counter
from typing import NamedTuple

import sympy as sp

from rlhf_symbolic.engine.explicit import Shape, components
from rlhf_symbolic.engine.printing import latex, latex_words, text
from rlhf_symbolic.engine.rules import Lemma, Rule
from rlhf_symbolic.engine.shapes import Element, atoms, eliminate
from rlhf_symbolic.engine.statement import Statement
from rlhf_symbolic.engine.sums import check_denominators

Progress = Callable[[str], None]

ACTIONS, DIMENSIONS, PROMPTS = (1, 2, 3, 4), (1, 2, 3), (1, 2)


class StepError(ValueError):
    """A step that does not follow.

    Attributes
    ----------
    derivation, step
        Names; ``step`` is the step's name, ``chain``, ``statement`` or the name of a shape.
    before, after
        Both sides.
    residual
        What before − after reduces to, or why it could not be reduced.
    """

    def __init__(self, derivation: str, step: str, *, before: sp.Expr, after: sp.Expr, residual: object) -> None:
        self.derivation, self.step = derivation, step
        self.before, self.after, self.residual = before, after, residual
        super().__init__(derivation, step, before, after, residual)

    def __str__(self) -> str:
        """Return the message; made only when it is read, because sympy takes long to print."""
        sides = f"{self.before} = {self.after}"
        return f"{self.derivation}: step {self.step!r} does not follow: {sides} leaves {self.residual}"


@dataclass(frozen=True)
class Step:
    """One step ``before = after`` with its reason in words and the rule that must confirm it."""

    name: str
    before: sp.Expr
    after: sp.Expr
    reason: str
    rule: Rule


class StepRecord(NamedTuple):
    """A confirmed step, printed."""

    name: str
    reason: str
    before: str
    after: str


@dataclass(frozen=True)
class DerivationResult:
    """Outcome of a successful run.

    Attributes
    ----------
    status
        Always ``"derived"``; a failure raises instead.
    shapes
        Fixed shapes whose numerators were literally zero; empty for statements without actions.
    """

    id: str
    status: str
    steps: tuple[StepRecord, ...]
    shapes: tuple[Shape, ...]
    seconds: float


@dataclass(frozen=True)
class Derivation:
    """A statement and the steps that derive it.

    Attributes
    ----------
    statement
        Start and end of the chain.
    steps
        At least one; the first starts at the definition, the last ends at the closed form.
    shaped
        Whether the identity is also checked for every fixed shape.
    """

    statement: Statement
    steps: tuple[Step, ...]
    shaped: bool = True

    @property
    def id(self) -> str:
        """Slug of the ledger."""
        return self.statement.id

    @property
    def title(self) -> str:
        """Title of the statement."""
        return self.statement.title

    @property
    def lemmas(self) -> tuple[str, ...]:
        """Ids of the statements that steps cite."""
        return tuple(step.rule.statement.id for step in self.steps if isinstance(step.rule, Lemma))

    @property
    def kept(self) -> tuple[int, int]:
        """Places of the first step that cites no lemma, and of the one after the last.

        Raises
        ------
        ValueError
            If every step cites a lemma.
        """
        cited = [isinstance(step.rule, Lemma) for step in self.steps]
        if all(cited):
            raise ValueError(f"{self.id}: every step cites a lemma")
        return cited.index(False), len(cited) - cited[::-1].index(False)

    @property
    def between_lemmas(self) -> Statement:
        """The statement without the lemmas that the first and the last steps cite: what is left to prove of it."""
        kept = self.steps[slice(*self.kept)]
        passed = [step.after for step in kept[:-1]]
        return replace(
            self.statement, definition=kept[0].before, closed_form=kept[-1].after,
            milestones=tuple(milestone for milestone in self.statement.milestones if milestone in passed),
        )  # fmt: skip

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Fixed shapes of the second level: m ≤ 4, d ≤ 3, and n ≤ 2 for statements about a sample."""
        prompts = PROMPTS if self.statement.sampled else PROMPTS[:1]
        return tuple(Shape(m, d, n) for m in ACTIONS for d in DIMENSIONS for n in prompts) if self.shaped else ()

    def run(self, progress: Progress | None = None) -> DerivationResult:
        """Check every step, the chain, the statement and every fixed shape.

        Parameters
        ----------
        progress
            Called with a short text before each check.

        Raises
        ------
        StepError
            At the first thing that does not follow.
        """
        report = progress or (lambda _: None)
        start = perf_counter()
        for step in self.steps:
            report(f"{self.id}: {step.name}")
            self.check_step(step)
        self._check_chain()
        for shape in self.shapes:
            report(f"{self.id}: {shape_name(shape)}")
            self.check_shape(shape)
        records = tuple(StepRecord(s.name, s.reason, latex(s.before), latex(s.after)) for s in self.steps)
        return DerivationResult(self.id, "derived", records, self.shapes, perf_counter() - start)

    def check_step(self, step: Step) -> None:
        """Check one step by its rule.

        Raises
        ------
        StepError
            If the rule leaves a residual other than 0, cannot decide, or takes for given what is no hypothesis, or if a
            side divides by what may be 0.
        """
        assumed = [
            equation for equation in getattr(step.rule, "given", ()) if equation not in self.statement.hypotheses
        ]
        if assumed:
            raise StepError(
                self.id, step.name, before=step.before, after=step.after, residual=f"no hypothesis: {assumed}"
            )
        try:
            check_denominators(step.before)
            check_denominators(step.after)
            residual = step.rule.residual(step.before, step.after)
        except ValueError as error:  # outside the exact fragment, or an index that a sum would capture
            raise StepError(self.id, step.name, before=step.before, after=step.after, residual=error) from error
        if residual != 0:
            raise StepError(self.id, step.name, before=step.before, after=step.after, residual=residual)

    def _check_chain(self) -> None:
        """Require an unbroken chain from the definition, past the milestones, to the closed form."""
        expected = [(self.statement.definition, self.steps[0].before)]
        expected += [(s.after, t.before) for s, t in pairwise(self.steps)]
        for wanted, found in expected:
            if wanted != found:
                raise StepError(self.id, "chain", before=wanted, after=found, residual="the chain is broken")
        reached = [step.after for step in self.steps]
        for wanted in self.statement.milestones:
            if wanted not in reached:
                raise StepError(
                    self.id, "statement", before=wanted, after=reached[-1], residual="milestone not reached"
                )
        if reached[-1] != self.statement.closed_form:
            wanted = self.statement.closed_form
            raise StepError(self.id, "statement", before=wanted, after=reached[-1], residual="another closed form")

    def check_shape(self, shape: Shape) -> None:
        """Check the identity for one shape: every numerator must be literally 0.

        Raises
        ------
        StepError
            Names the shape; the residual is the numerator.
        """
        for before, after, numerator in numerators(self.statement, shape):
            if numerator:
                raise StepError(self.id, shape_name(shape), before=before, after=after, residual=numerator)

    def latex(self) -> str:
        """Return the chain as a LaTeX ``align*`` environment (package amsmath), one step a line with its reason."""
        reached = [f"  & {latex(self.steps[0].before)}"]
        for number, step in enumerate(self.steps, start=1):
            reason = f"\\text{{({number}) {latex_words(step.reason)}}}"
            reached += [f"  & \\qquad {reason}", f"  ={{}} & {latex(step.after)}"]
        return "\\begin{align*}\n" + " \\\\\n".join(reached) + "\n\\end{align*}"

    def text(self) -> str:
        """Return the chain in plain text."""
        lines = [f"{self.id}: {self.title}", f"    {text(self.steps[0].before)}"]
        lines += [f"  = {text(step.after)}    [{step.name}: {step.reason}]" for step in self.steps]
        return "\n".join(lines)


def derive(statement: Statement, *moves: tuple[str, sp.Expr, str, Rule], shaped: bool = True) -> Derivation:
    """Chain moves (name, expression reached, reason, rule) from the definition of a statement."""
    reached = [statement.definition, *(after for _, after, _, _ in moves)]
    steps = [
        Step(name, before, after, reason, rule)
        for before, (name, after, reason, rule) in zip(reached, moves, strict=False)
    ]
    return Derivation(statement, tuple(steps), shaped)


def numerators(statement: Statement, shape: Shape) -> Iterator[tuple[sp.Expr, sp.Expr, Element]]:
    """Return all (definition, closed form, numerator of the difference) of a statement at one shape."""
    ring = atoms(shape, statement.extra)
    free = statement.free
    given = [[components(side, free, shape) for side in equation] for equation in statement.hypotheses]
    for closed_form in (*statement.milestones, statement.closed_form):
        sides = (components(side, free, shape) for side in (statement.definition, closed_form))
        for number, (before, after) in enumerate(zip(*sides, strict=True)):
            value = ring.element(before) - ring.element(after)
            for left, right in given:
                value = eliminate(value, ring.element(left[number]) - ring.element(right[number]))
            yield from ((before, after, part) for part in ring.numerators(value))


def shape_name(shape: Shape) -> str:
    """Return the name of a shape in messages."""
    return f"shape m={shape.m}, d={shape.d}, n={shape.n}"
