"""Gathering the evidence: what runs, what is said of what cannot run, and planted falsehoods that are named."""

from dataclasses import replace

import pytest

from rlhf_proofs import Status, build_ledger
from rlhf_proofs.errors import LeanFailureError, UnknownClaimError
from rlhf_proofs.ledger import gather
from rlhf_proofs.table import ClaimEntry

from .conftest import validated

KINDS = {"lean": "proved", "symbolic": "derived", "numeric": "tested"}


def run(**options):
    return build_ledger(instances=60, **options)


def test_with_lean_accepting_all_three_kinds_are_reached(table, lean, report):
    lean(report("log_ratio", "kl_nonneg"))
    steps = []
    ledger = run(progress=lambda *step: steps.append(step))
    data = validated(ledger)
    assert ledger.exit_code == 0
    log_ratio, kl = data["claims"]
    assert [log_ratio[k]["status"] for k in KINDS] == ["proved", "derived", "tested"]
    assert [kl[k]["status"] for k in KINDS] == ["proved", "not-applicable", "tested"]
    assert (log_ratio["effective"], kl["effective"]) == ("proved", "proved")
    assert log_ratio["lean"]["core_axioms"] == ["propext"]
    assert log_ratio["lean"]["seconds"] == 0.9
    assert kl["numeric"]["instances"] == 60
    assert steps == [("log-ratio", 0, 3), ("kl-nonneg", 1, 3), ("psi-sharp", 2, 3), ("done", 3, 3)]


def test_without_lean_the_rest_runs_and_the_exit_status_is_2(table, no_lean):
    ledger = run()
    data = validated(ledger)
    assert ledger.exit_code == 2
    assert [c["effective"] for c in data["claims"]] == ["derived", "tested"]
    for claim in data["claims"]:
        assert claim["lean"]["status"] == "not-run"
        assert claim["lean"]["why"] == "no Lean here: rlhf-lemmas lean setup"
        assert claim["lean"]["axioms"] is None


def test_a_lean_process_that_fails_is_status_1_and_nothing_reads_as_proved(table, lean):
    lean(LeanFailureError("Lean ended without a complete answer (killed by SIGKILL)"))
    ledger = run()
    data = validated(ledger)
    assert ledger.exit_code == 1
    assert [c["effective"] for c in data["claims"]] == ["open", "open"]
    assert "SIGKILL" in data["claims"][0]["why"]


def test_a_theorem_that_lean_does_not_have_is_open(table, lean, report):
    lean(report("log_ratio"))
    ledger = run(only="lean")
    assert ledger.exit_code == 1
    assert [r.verdict[0] for r in ledger.rows] == [Status.PROVED, Status.OPEN]
    assert ledger.rows[1].verdict[1] == "lean: there is no theorem RLHF.kl_nonneg in the Lean library"


def test_a_theorem_that_stands_in_no_file_of_headline_theorems_is_open(table, lean, report):
    found = report("log_ratio", "kl_nonneg")
    elsewhere = replace(found.theorems["RLHF.kl_nonneg"], module="RLHF.Model.Basic")
    lean(replace(found, theorems={**found.theorems, "RLHF.kl_nonneg": elsewhere}))
    ledger = run(only="lean")
    assert [r.verdict[0] for r in ledger.rows] == [Status.PROVED, Status.OPEN]
    assert "stated in RLHF.Model.Basic, which is no file of headline theorems" in ledger.rows[1].verdict[1]


def test_a_defect_anywhere_in_the_library_leaves_every_theorem_open(table, lean, report):
    lean(report("log_ratio", "kl_nonneg", defects=["RLHF/Main.lean:1:0: warning: unused"]))
    data = validated(run(only="lean"))
    assert {c["effective"] for c in data["claims"]} == {"open"}
    assert "RLHF/Main.lean:1:0: warning" in data["claims"][0]["why"]


@pytest.mark.parametrize("only", KINDS)
def test_one_kind_alone_runs_alone(table, lean, report, only):
    lean(report("log_ratio", "kl_nonneg"))
    ledger = run(only=only, claims=["log-ratio"])
    (claim,) = validated(ledger)["claims"]
    assert {k: claim[k]["status"] for k in KINDS} == {k: KINDS[k] if k == only else "not-run" for k in KINDS}
    assert claim["effective"] == KINDS[only]
    assert (ledger.lean is None) == (only != "lean")


def test_a_statement_that_only_sympy_has_is_derived_and_what_it_lacks_is_named(table, lean, report):
    row = '[psi-derivative]\ntitle = "t"\ngroup = "policy"\nplace = "p"\nlean = false\nnumeric = false\n'
    table.write_text(table.read_text().partition("[log-ratio]")[0] + row)
    lean(report())
    ledger = run()
    (claim,) = validated(ledger)["claims"]
    assert [claim[k]["status"] for k in KINDS] == ["open", "derived", "not-applicable"]
    assert claim["effective"] == "derived"
    assert claim["why"].endswith("; lean open")
    assert ledger.exit_code == 0


def test_statements_come_in_the_order_of_the_table_and_unknown_ids_are_refused(table):
    ledger = run(only="numeric", claims=["kl-nonneg", "log-ratio"])
    assert [r.entry.id for r in ledger.rows] == ["log-ratio", "kl-nonneg"]
    with pytest.raises(UnknownClaimError, match=r"no statement '[xy]'; known: log-ratio, kl-nonneg"):
        run(claims=["y", "x", "log-ratio"])


def test_a_wrong_constant_in_a_numeric_claim_is_refuted_and_named(table, monkeypatch):
    assert run(only="numeric").exit_code == 0
    claim = gather.CLAIMS["log-ratio"]

    def off(instance):
        lhs, rhs = claim.sides(instance)
        return lhs, rhs * 1.001

    monkeypatch.setattr(gather, "CLAIMS", {**gather.CLAIMS, "log-ratio": replace(claim, sides=off)})
    ledger = run(only="numeric")
    first, second = validated(ledger)["claims"]
    assert ledger.exit_code == 1
    assert (first["effective"], second["effective"]) == ("refuted", "tested")
    assert first["why"].startswith("numeric: false at InstanceSeed(seed=0, chunk=0, row=")
    assert first["numeric"]["refuted_by"]["claim"] == "log-ratio"
    assert first["numeric"]["refuted_by"]["origin"][:2] == [0, 0]


def test_a_flipped_sign_in_a_derivation_is_open_and_the_step_is_named(table, monkeypatch):
    assert run(only="symbolic").exit_code == 0
    derivation = gather.DERIVATIONS["log-ratio"]
    step = derivation.steps[-1]
    flipped = replace(derivation, steps=(*derivation.steps[:-1], replace(step, after=-step.after)))
    monkeypatch.setattr(gather, "DERIVATIONS", {**gather.DERIVATIONS, "log-ratio": flipped})
    ledger = run(only="symbolic")
    (first, _) = validated(ledger)["claims"]
    assert ledger.exit_code == 1
    assert first["effective"] == "open"
    assert first["why"].startswith(f"symbolic: log-ratio: step {step.name!r} does not follow")
    assert first["symbolic"]["steps"] is None


@pytest.mark.parametrize(("kind", "name"), [("DERIVATIONS", "derivation"), ("CLAIMS", "claim")])
def test_a_name_that_resolves_to_nothing_is_open(table, monkeypatch, kind, name):
    monkeypatch.setattr(gather, kind, {})
    ledger = run(only="symbolic" if kind == "DERIVATIONS" else "numeric", claims=["log-ratio"])
    assert ledger.exit_code == 1
    assert f"there is no {name} log-ratio" in ledger.rows[0].verdict[1]


def numeric_entry():
    return ClaimEntry("kl-nonneg", "t", "g", "p", None, None, "kl-nonneg")


def searched(monkeypatch, **fields):
    """Evidence from a search whose tally is altered."""
    real = gather.search.run
    monkeypatch.setattr(gather.search, "run", lambda *args, **options: replace(real(*args, **options), **fields))
    return gather.numeric_evidence(numeric_entry(), run=True, instances=40, seed=3)


def test_a_search_that_never_met_the_hypotheses_is_vacuous(monkeypatch):
    evidence = searched(monkeypatch, vacuous=40)
    assert evidence.status is Status.VACUOUS
    assert evidence.why == "none of 40 instances satisfies the hypotheses"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"unsettled": 40, "undecided": 40}, "none of 40 instances could be decided"),
        ({"undecided": 40}, "none of 40 instances could be decided"),
        ({"undecided": 36, "vacuous": 4}, "none of 36 instances could be decided"),
        ({"undecided": 40, "equal": 40}, "none of 40 instances could be decided, 40 with equality"),
        ({"undecided": 1}, "1 of 40 instances could not be decided, more than 1%"),
        ({"undecided": 39, "equal": 30}, "9 of 40 instances could not be decided, more than 1%"),
    ],
)
def test_a_search_that_decided_nothing_or_too_little_is_open(monkeypatch, fields, why):
    evidence = searched(monkeypatch, **fields)
    assert (evidence.status, evidence.why) == (Status.OPEN, why)


def test_a_claim_that_no_arithmetic_can_decide_is_not_tested(table, monkeypatch):
    claim = gather.CLAIMS["log-ratio"]

    def nowhere(instance):
        lhs, rhs = claim.sides(instance)
        return lhs * float("nan"), rhs

    monkeypatch.setattr(gather, "CLAIMS", {**gather.CLAIMS, "log-ratio": replace(claim, sides=nowhere)})
    ledger = run(only="numeric")
    first = validated(ledger)["claims"][0]
    assert (first["effective"], first["numeric"]["decided"]) == ("open", 0)
    assert ledger.exit_code == 1


def test_what_was_left_out_of_a_search_is_counted(monkeypatch):
    evidence = searched(monkeypatch, instances=4000, vacuous=4, equal=2, undecided=5, worst_ratio=None, worst_gap=None)
    assert evidence.status is Status.TESTED
    assert evidence.decided == 3991
    assert evidence.why == "3991 instances decided, 2 with equality, 3 undecided, 4 vacuous, no ratio, seed 3"


def test_a_search_gives_every_instance_to_ball_arithmetic_that_needs_it(table):
    evidence = gather.numeric_evidence(
        replace(numeric_entry(), numeric="error-decomposition"), run=True, instances=3000, seed=0
    )
    assert evidence.status is Status.TESTED  # of these 3000, more than the 1000 that a search settles by itself
    assert "undecided" not in evidence.why


def kernel_checked(ledger):
    claim = validated(ledger)["claims"][0]
    return claim["symbolic"]["kernel_checked"], claim["effective"], claim["symbolic"]["why"]


def test_identities_that_lean_proves_again_are_kernel_checked(table, lean, report):
    lean(report("log_ratio", "kl_nonneg"))
    checked, effective, why = kernel_checked(run())
    assert (checked, effective) == (True, "proved")
    assert why.endswith("re-checked by Lean's kernel at m=4 d=3")


def test_a_refused_identity_is_false_and_the_statement_open(table, lean, report, kernel_report):
    refused = kernel_report(defects=["RLHFSymbolic/Policy.lean:30:2: error: `grind` failed"])
    lean(report("log_ratio", "kl_nonneg"), refused)
    ledger = run()
    assert kernel_checked(ledger)[:2] == (False, "open")
    assert "`grind` failed" in kernel_checked(ledger)[2]
    assert ledger.exit_code == 1


def test_an_absent_identity_is_false(table, lean, report, kernel_report):
    lean(report("log_ratio", "kl_nonneg"), replace(kernel_report(), theorems={}))
    checked, _, why = kernel_checked(run())
    assert checked is False
    assert "RLHFSymbolic.log_ratio_m4_d3 is absent" in why


def test_a_derivative_counts_only_with_the_theorem_about_the_library_s_own(kernel_report):
    entry = ClaimEntry("g", "title", "group", "paper", "RLHF.g", "grad-log-partition", None)
    whole = kernel_report()
    evidence = gather.symbolic_evidence(entry, run=True, kernel=whole)
    assert evidence.kernel_checked is True
    assert evidence.why.endswith("at m=4 d=3, as the library's derivative at m=4 d=3")
    name = "RLHFSymbolic.grad_log_partition_derivative_m4_d3"
    without = {key: theorem for key, theorem in whole.theorems.items() if key != name}
    evidence = gather.symbolic_evidence(entry, run=True, kernel=replace(whole, theorems=without))
    assert evidence.kernel_checked is False
    assert f"{name} is absent" in evidence.why


def test_a_lemma_that_is_taken_for_granted_must_be_proved_too(kernel_report):
    whole = kernel_report()
    evidence = gather.derivation_evidence("pairwise-estimator", run=True, kernel=whole)
    assert evidence.why.endswith("re-checked by Lean's kernel at m=3 d=2, given grad-objective-prompt")
    name = "RLHFSymbolic.grad_objective_prompt_m2_d1"
    without = {key: theorem for key, theorem in whole.theorems.items() if key != name}
    evidence = gather.derivation_evidence("pairwise-estimator", run=True, kernel=replace(whole, theorems=without))
    assert evidence.kernel_checked is False
    assert f"{name} is absent" in evidence.why


def test_a_derivation_that_no_statement_names_is_in_the_ledger_too(table, lean, report, kernel_report, monkeypatch):
    lean(report("log_ratio", "kl_nonneg"))
    (found,) = validated(run())["derivations"]
    assert (found["derivation"], found["status"], found["kernel_checked"]) == ("psi-sharp", "derived", True)
    assert found["why"].endswith("re-checked by Lean's kernel step by step")
    without = {name: t for name, t in kernel_report().theorems.items() if name != "RLHFSymbolic.psi_sharp"}
    lean(report("log_ratio", "kl_nonneg"), replace(kernel_report(), theorems=without))
    ledger = run()
    assert ledger.exit_code == 1
    assert "RLHFSymbolic.psi_sharp is absent" in validated(ledger)["derivations"][0]["why"]
    assert run(claims=["log-ratio"]).derivations == ()
    monkeypatch.setattr(gather, "DERIVATIONS", {})
    assert run(only="symbolic").derivations[0].status is Status.OPEN
    assert run(only="numeric").derivations[0].status is Status.NOT_RUN


def test_without_lean_or_without_asking_for_it_it_is_not_known(table, no_lean):
    assert kernel_checked(run())[0] is None
    assert kernel_checked(run(only="symbolic"))[0] is None


def test_show_says_what_is_tested_and_derived_where_the_title_does_not_say_it(table, no_lean, run_main, monkeypatch):
    untitled = replace(gather.CLAIMS["log-ratio"], title="log-ratio")
    monkeypatch.setattr(gather, "CLAIMS", {**gather.CLAIMS, "log-ratio": untitled})
    run_main("check", "--instances", 50)
    assert "tests: KL(p‖q) ≥ 0" in run_main("show", "kl-nonneg")[1]
    shown = run_main("show", "log-ratio")[1]
    assert "derives: log(π_θ/q) = ⟨θ,φ⟩/λ − A\n" in shown
    assert "tests:" not in shown  # the claim has no title of its own
