"""The statements in print say what the Lean theorems say: every hypothesis in words, every symbol explained."""

import re
from dataclasses import replace

import numpy as np
import pytest

from rlhf_numeric import Problem, gradient_ascent, objective
from rlhf_proofs.errors import TableError
from rlhf_proofs.publish.setting import load_setting
from rlhf_proofs.records.pins import load_pins
from rlhf_proofs.resources import proofs_directory
from rlhf_proofs.table import load_table

from .conftest import REPOSITORY
from .lean_text import hypotheses, laws, meaning, short

SETTING = load_setting()
TABLE = {e.id: e for e in load_table()}
PINS = load_pins()
DEFINITIONS = [
    path.read_text(encoding="utf-8")
    for path in sorted((proofs_directory() / "RLHF").rglob("*.lean"))
    if path.name in ("Defs.lean", "Expect.lean")
]
# Named results of the papers; a statement may be compared with one, and is never said to be one.
RESULT = re.compile(
    r"(?:Theorems?|Lemmas?|Assumptions?|Definitions?|Corollary|Open Questions?) \d|weak gradient domination"
)


def unsaid(statement, latex):
    """Hypotheses of a Lean statement that the LaTeX does not state; ValueError for one that has no words at all."""
    found = hypotheses(statement)
    if unknown := [h for h in found if h not in SETTING.assumes]:
        raise ValueError(f"setting.toml has no words for {unknown}")
    return [h for h in found if not all(words in latex for words in SETTING.assumes[h])]


@pytest.mark.parametrize("claim", TABLE)
def test_every_hypothesis_of_the_theorem_is_stated_in_words(claim):
    assert unsaid(PINS[claim].statement, TABLE[claim].latex) == []


@pytest.mark.parametrize("claim", TABLE)
def test_a_statement_without_the_words_of_any_one_hypothesis_is_caught(claim):
    for hypothesis in hypotheses(PINS[claim].statement):
        for words in SETTING.assumes[hypothesis]:
            assert hypothesis in unsaid(PINS[claim].statement, TABLE[claim].latex.replace(words, ""))


def test_a_hypothesis_that_lean_has_and_nobody_has_worded_is_caught():
    sharper = PINS["ga-rate"].statement.replace("0 < n →", "0 < n → 2 < d →")
    with pytest.raises(ValueError, match=r"no words for .*2 < d"):
        unsaid(sharper, TABLE["ga-rate"].latex)
    assert unsaid(PINS["ga-rate"].statement.replace("0 < n →", "0 < n → 0 ≤ C →"), TABLE["ga-rate"].latex) == ["0 ≤ C"]


def test_no_words_are_kept_for_a_hypothesis_that_no_statement_has():
    assert {h for pin in PINS.values() for h in hypotheses(pin.statement)} == set(SETTING.assumes)


def test_hypotheses_are_read_before_arrows_in_front_of_and_inside_the_conclusion():
    assert hypotheses("∀ {n : Nat} (S : Fin n → Fin N), 0 < n → RLHF.abs a ≤ b") == ["0 < n"]
    assert hypotheses("(∀ (S : A → B), P S) →\n  c = d ∧ ∀ (x : X), (Q x) → ∃ t, t < n ∧ (T → U)") == [
        "∀ (S : A → B), P S", "Q x", "T",
    ]  # fmt: skip
    assert hypotheses("∀ (θ : V), D (fun j => f j → g) θ") == []


ABBREVIATIONS = {  # of the group "Assembled theorems"; parentheses apart
    "P.exponentRadius B ρ": "2 * B * ρ / P.klCoef", "P.stepSize B": "P.klCoef / B * B",
    "P.cocoercivity B": "B * B / P.klCoef", "conditionNumber B": "2 * B * B /",
}  # fmt: skip


def in_full(statement):
    """A statement on one line without abbreviations and parentheses."""
    text = re.sub(r"[()]", "", short(statement))
    for name, meaning_of_it in ABBREVIATIONS.items():
        text = text.replace(name, meaning_of_it)
    return text


def with_the_least_constant(statement):
    """A Lean statement with C = ψ(M) for its second-order constant, and without what else it assumes of C."""
    return re.sub(r"ExpBound ([^→]*) C →", r"C = psi \1 →", in_full(statement)).replace("0 ≤ C → ", "")


def in_every_field(statement):
    """A Lean statement in full, without its hypothesis that the field is Archimedean."""
    return in_full(statement).replace(", Archimedean R → ∀ ", " ")


SHARP = [e for e in TABLE.values() if e.sharp_of is not None]


@pytest.mark.parametrize("entry", SHARP, ids=lambda e: e.id)
def test_the_theorem_of_a_sharp_row_is_that_of_the_other_but_for_the_constant(entry):
    sharp, other = PINS[entry.id].statement, PINS[entry.sharp_of].statement
    assert hypotheses(sharp).count("Archimedean R") == 1
    assert in_every_field(sharp) == with_the_least_constant(other)


@pytest.mark.parametrize("change", [("0 < n", "1 < n"), ("psi (2 ", "psi (3 "), ("RLHF.Archimedean R", "0 < d")])
def test_a_sharp_theorem_that_says_something_else_is_caught(change):
    sharp, other = PINS["ga-rate-sharp"].statement, PINS["ga-rate"].statement
    assert in_every_field(sharp.replace(*change)) != with_the_least_constant(other)


def heads(text):
    """Names of the structures and predicates over which statements range or which they assume."""
    found = re.findall(r"\b(?:P\.)?[A-Z][A-Za-z]{3,}", text)
    return {name.removeprefix("Problem.").removeprefix("P.") for name in found} - {"Type", "Prop", "Real"}


def explained(head):
    """What the one definition of a structure or predicate says: all laws of the one, the meaning of the other."""
    begins = re.compile(rf"^(structure|class|def|abbrev) ((?:Problem\.)?{head})(?![\w.])", re.MULTILINE)
    (found,) = [(source, match[1], match[2]) for source in DEFINITIONS for match in begins.finditer(source)]
    source, kind, name = found
    return [meaning(source, name)] if kind in ("def", "abbrev") else laws(source, name)


def test_the_setting_states_every_law_of_the_structures_and_every_predicate_that_statements_assume():
    names = heads(" ".join(short(pin.statement) for pin in PINS.values()))
    assert {"ExpField", "Problem", "Coverage", "ExpBound", "UniformlyStable"} < names
    found = [law for name in sorted(names) for law in explained(name)]
    assert set(found) == set(SETTING.laws)
    for law in found:
        assert all(words in SETTING.latex for words in SETTING.laws[law]), law


def test_a_structure_is_found_where_it_is_defined_and_one_that_nobody_has_defined_is_seen():
    assert explained("IsProb") == ["nonneg : ∀ a, 0 ≤ p a", "sum_eq_one : sum p = 1"]
    with pytest.raises(ValueError, match="not enough values"):
        explained("Unheard")


def test_a_law_that_was_added_is_seen():
    source = (
        "/-- A. -/\nstructure A (n : Nat) : Prop where\n  /-- One. -/\n  one : 0 < n\n  two : n\n    < 3\n\nend A\n"
    )
    assert laws(source, "A") == ["one : 0 < n", "two : n < 3"]


_WORDLESS = {  # operators, relations, brackets and spaces, which explain themselves
    "le", "ge", "sum", "frac", "cdot", "mid", "Vert", "ldots", "max", "sim", "mapsto", "cdots", "in", "times", "tau",
    "lVert", "rVert", "langle", "rangle",
}  # fmt: skip


def symbols(latex):
    """Symbols in the formulas of a text: Greek letters, operators in words, single letters."""
    found = set()
    for formula in re.findall(r"\$(.*?)\$", latex, re.S):
        whole = r"r\^\\ast|\\math(?:rm|bb)\{\w+\}|\\[A-Za-z]+|[A-Za-z]"
        found |= {s for s in re.findall(whole, formula) if s.removeprefix("\\") not in _WORDLESS}
    return found


def unexplained(latex):
    return sorted(
        s for s in symbols(latex) - SETTING.defines if not any(words in latex for words in SETTING.symbols.get(s, ()))
    )


@pytest.mark.parametrize("claim", TABLE)
def test_every_symbol_is_explained_in_the_statement_or_in_the_setting(claim):
    assert unexplained(TABLE[claim].latex) == []


def test_a_symbol_that_nothing_explains_is_caught():
    assert unexplained(r"Then $J_S(\theta) \le CB^2\rho^2/(\lambda T)$.") == ["B", "C", "T", "\\rho"]
    assert unexplained(r"$\zeta \le \mathrm{Foo}(\theta)$") == ["\\mathrm{Foo}", "\\zeta"]


def test_what_the_setting_says_it_defines_occurs_in_it():
    for symbol in SETTING.defines:
        assert symbol in SETTING.latex, symbol


def test_the_setting_is_ascii_in_whole_formulas():
    for part in SETTING.parts:
        assert part.isascii()
        assert part.count("$") % 2 == 0
        assert part.endswith(".")


def test_a_damaged_setting_is_refused(tmp_path):
    path = tmp_path / "setting.toml"
    for text in ("part = 3", "[assumes]\n", "not TOML", '[[part]]\nlatex = ""\n[assumes]\n[laws]\n[symbols]\n'):
        path.write_text(text)
        with pytest.raises(TableError, match="not a file of the setting"):
            load_setting(path)


def named(text):
    """Named results of papers in a text that it does not introduce by "cf."."""
    return [m[0] for m in RESULT.finditer(text) if not re.search(r"cf\. (?:(?:[^.()]|\d\.\d)* )?$", text[: m.start()])]


def test_a_result_of_a_paper_is_named_only_to_compare():
    for entry in TABLE.values():
        assert named(entry.paper) == [], entry.id
    for path in (REPOSITORY / "proofs/RLHF").rglob("*.lean"):
        for comment in re.findall(r"/-[-!].*?-/", path.read_text(encoding="utf-8"), re.S):
            assert named(short(comment)) == [], comment
    assert named("2601.16403, Theorem 7") == ["Theorem 7"]
    assert named("2601.16403, cf. Assumption 5 and Lemma 6") == []


def gaps(eta, steps):
    """Gaps along the only path of stochastic gradient ascent on one prompt with φ = ±1, and the bound of sga-rate."""
    problem = Problem(np.array([[[1.0], [-1.0]]]), np.full((1, 2), 0.5), np.array([1.0]), kl_coef=1.0)
    path = gradient_ascent(problem, np.array([-1.0]), steps=steps, step_size=eta).thetas[:steps]
    found = [objective(problem, problem.theta_star) - objective(problem, theta) for theta in path]
    rho, radius = 2.0, 4.0  # B = λ = 1
    constant = (np.exp(radius) - 1 - radius) / radius**2
    return np.mean(found), constant * rho**2 / steps


def test_sga_rate_without_its_step_size_is_false_and_with_it_holds():
    claimed = TABLE["sga-rate"].latex
    assert r"with step $\eta = \lambda/B^2$" in claimed
    mean, bound = gaps(10.0, 200)
    assert mean > bound
    mean, bound = gaps(1.0, 200)
    assert mean <= bound


@pytest.mark.parametrize("claim", [c for c in TABLE if "scent" in TABLE[c].latex])
def test_every_ascent_names_its_step_and_its_start(claim):
    assert "from $\\theta_0$ with step $\\eta" in TABLE[claim].latex


def test_the_parts_of_the_setting_are_one_text():
    assert replace(SETTING, parts=("A.", "B.")).latex == "A.\n\nB."


def test_an_algorithm_is_stable_only_with_a_constant_that_is_not_negative():
    # On one prompt no two samples differ: "in one entry" would let γ = −1 through, and |E| ≤ −1 is false.
    assert "differ in at most one entry" in SETTING.latex
