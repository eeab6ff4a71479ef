"""Small Lean libraries, each with one planted defect, and how real Lean is run on all of them at once."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.audit import LibraryReport, judge
from rlhf_proofs.lean.backend import Backend, find_backend
from rlhf_proofs.lean.build import _LEAVE_TO_REPLAY, audit_job, run_jobs
from rlhf_proofs.lean.events import Event
from rlhf_proofs.lean.library import Library
from rlhf_proofs.lean.process import Limits
from rlhf_proofs.resources import audit_source, proofs_directory

HEAD = "module\n\npublic section\n\n"
GOOD = "/-- One. -/\ntheorem fine (n : Nat) : n + 0 = n := rfl\n"

# Root module -> the files of its library.
WORD = "/-- Word. -/\ndef word (n : Nat) : Nat := n + 1\n\n"
STATED = "theorem planted (n : Nat) : word n = word n := rfl\n"
# Headline theorems that say less than they seem to, each with what must be said of it; empty for the honest ones.
STATEMENTS = """
/-- False. -/
class Nice (R : Type) : Prop where
  /-- So. -/
  bad : False

/-- Anything goes. -/
abbrev Again (p : Prop) : Prop := p

theorem honest (n : Nat) (h : 0 < n) : n ≠ 0 := by have := h; omega
theorem Demo.honest_instance : 3 ≠ 0 := honest 3 (by decide)

theorem overFalse {R : Type} [Nice R] : 1 = 2 := (Nice.bad R).elim
theorem Demo.overFalse_instance {R : Type} [Nice R] : 1 = 2 := overFalse (R := R)

theorem byHand (m n : Nat) : @LT.lt Nat ⟨fun _ _ => True⟩ m n := trivial
theorem Demo.byHand_instance : @LT.lt Nat ⟨fun _ _ => True⟩ 2 1 := byHand 2 1

/-- Everything is below everything. -/
@[local instance] def always : LT Nat := ⟨fun _ _ => True⟩
theorem underInstance (m n : Nat) : m < n := trivial
theorem Demo.underInstance_instance : 2 < 1 := underInstance 2 1
attribute [-instance] always

theorem itself (p : Prop) (h : p) : p := h
theorem itselfUnfolded (p : Prop) (h : Again p) : p := h
theorem oneOfTwo (p q : Prop) (h : q ∧ Again p) : p := h.2
theorem bothSwapped (p q : Prop) (h : p) (k : q) : q ∧ p := ⟨k, h⟩
theorem general (p : Nat → Prop) (h : ∀ n, p n) : p 3 := h 3
theorem quantified (p : Nat → Prop) (h : ∀ n, p n) : ∀ n, p (n + 1) := fun n => h (n + 1)
theorem nothing (_n : Nat) : True := trivial
theorem reflexive (n : Nat) : n = n := rfl
theorem conditional (p q : Prop) (h : p → q) (k : p) : q := h k

theorem impossible (n : Nat) (h : n < 0) : n = n + 1 := absurd h (Nat.not_lt_zero n)
theorem Demo.impossible_instance (h : 3 < 0) : 3 = 4 := impossible 3 h
theorem impossibleWithin (n : Nat) (h : n < 0) : n = n + 1 := absurd h (Nat.not_lt_zero n)
theorem Demo.impossibleWithin_instance : (3 < 0 → 3 = 4) ∧ 1 = 1 := ⟨fun h => impossibleWithin 3 h, rfl⟩
theorem impossiblePartly (n : Nat) (h : n < 0) : n = n + 1 := absurd h (Nat.not_lt_zero n)
theorem Demo.impossiblePartly_instance : (3 < 0 → 3 = 4) ∧ 1 = 1 := ⟨impossiblePartly 3, rfl⟩
theorem mentioned (n : Nat) (h : 0 < n) : n ≠ 0 := by omega
theorem Demo.mentioned_instance : 1 = 1 := by have := mentioned 3 (by decide); rfl

/-- Two bounds. -/
structure Within (n : Nat) : Prop where
  /-- From below. -/
  lower : 0 < n
  /-- From above. -/
  upper : n < 9

theorem halfUsed (n : Nat) (h : Within n) : n ≠ 0 := by have := h.lower; omega
theorem Demo.halfUsed_instance : 3 ≠ 0 := halfUsed 3 ⟨by decide, by decide⟩

theorem idleHave (n : Nat) (h : 0 < n) : 0 + n = n := by have := h; exact Nat.zero_add n
theorem idleTwice (n : Nat) (h : 0 < n) : 0 + n = n := by have a := h; have _b := a; exact Nat.zero_add n
theorem idleLet (n : Nat) (h : 0 < n) : 0 + n = n := let _k := h; Nat.zero_add n
theorem idleApplied (n : Nat) (h : 0 < n) : 0 + n = n := (fun _ => Nat.zero_add n : 0 < n → 0 + n = n) h
"""
CIRCULAR = ["itself", "itselfUnfolded", "oneOfTwo", "bothSwapped", "general", "quantified", "nothing", "reflexive"]
IDLE = ["idleHave", "idleTwice", "idleLet", "idleApplied"]
FAULTS = {
    "overFalse": "overFalse assumes the instance Nice R",
    "byHand": "byHand uses the instance LT.mk",
    "underInstance": "underInstance uses the instance always",
    "impossible": "Demo.impossible_instance assumes 3 < 0",
    "impossibleWithin": "Demo.impossibleWithin_instance does not apply impossibleWithin to everything",
    "impossiblePartly": "Demo.impossiblePartly_instance does not apply impossiblePartly to everything",
    "mentioned": "Demo.mentioned_instance does not apply mentioned to everything",
    "halfUsed": "Within assumes upper, which no headline theorem that assumes Within uses",
    "conditional": "conditional has no instance at a concrete problem",
}
HEADLINES = {"Headlines": ["honest", *CIRCULAR, *IDLE, *FAULTS]}
# The class that every theorem is stated over, as the library has it, and instances of it that are none.
EXP_FIELD = (proofs_directory() / "RLHF/Foundations/Defs.lean").read_text(encoding="utf-8")
WRONG_INSTANCES = {
    "ConstantExp": "exp _ := 1\n  exp_add _ _ := by grind\n  add_one_le_exp _ := by grind\n  exp_log _ _ := by grind",
    "UnprovedLaw": "exp _ := 1\n  exp_add _ _ := by grind\n  add_one_le_exp _ := sorry\n  exp_log _ _ := sorry",
    "AbsentLaw": "exp _ := 1\n  exp_add _ _ := by grind\n  exp_log _ _ := sorry",
}


def _wrong_instance(root: str) -> dict[str, str]:
    """A library that makes the rationals an exponential field with this text, and deduces what is false."""
    text = (
        f"module\npublic import {root}.Defs\n\npublic section\n\nnamespace RLHF\n\n"
        "/-- No exponential. -/\nnoncomputable instance : ExpField Rat where\n  log _ := 0\n"
        f"  {WRONG_INSTANCES[root]}\n\n"
        "end RLHF\n\ntheorem planted : (2 : Rat) + 1 ≤ RLHF.ExpField.exp 2 := RLHF.add_one_le_exp 2\n"
    )
    return {root: text, f"{root}/Defs": EXP_FIELD}


PLANTED: dict[str, dict[str, str]] = {
    "Good": {"Good": HEAD + GOOD},
    "Sorry": {"Sorry": HEAD + GOOD + "theorem planted : 1 = 2 := by sorry\n"},
    "HiddenSorry": {
        "HiddenSorry": "module\npublic import HiddenSorry.Inner\n\npublic section\n\n"
        "theorem planted : 1 = 2 := inner\n",
        "HiddenSorry/Inner": HEAD + "theorem inner : 1 = 2 := sorry\n",
    },
    "DeclaredAxiom": {"DeclaredAxiom": HEAD + "axiom wish : 1 = 2\n\ntheorem planted : 1 = 2 := wish\n"},
    "NativeDecide": {"NativeDecide": HEAD + "theorem planted : 10000 < 20000 := by native_decide\n"},
    "WrongProof": {"WrongProof": HEAD + GOOD + "theorem planted (n : Nat) : n + 1 = n := by\n  omega\n"},
    "Warned": {
        "Warned": HEAD + "variable {R : Type} [Inhabited R]\n\ntheorem planted (x : R) : x = x := rfl\n",
    },
    "Unreached": {"Unreached": HEAD + GOOD, "Unreached/Forgotten": HEAD + "theorem planted : True := trivial\n"},
    "KernelSkipped": {
        "KernelSkipped": HEAD + "set_option debug.skipKernelTC true in\ntheorem planted : 1 = 2 := by decide +kernel\n"
    },
    "KernelSkippedLater": {  # after `fine` in the order of the replay, so the other part's to check
        "KernelSkippedLater": HEAD + GOOD + "set_option debug.skipKernelTC true in\n"
        "theorem planted : 1 = 2 ∧ 0 + 0 = 0 := ⟨by decide +kernel, fine 0⟩\n"
    },
    "Shared": {"Shared": HEAD + GOOD + "theorem planted (n : Nat) : 0 + n = n := by rw [Nat.add_comm, fine]\n"},
    # One statement, and what may have become of it since it was pinned.
    "Pinned": {"Pinned": HEAD + WORD + STATED},
    "Commented": {"Commented": HEAD + "/-! Page -/\n" + WORD.replace("Word", "A word") + "-- new\n" + STATED},
    "Redefined": {"Redefined": HEAD + WORD.replace("n + 1", "n + 2") + STATED},
    "Weakened": {"Weakened": HEAD + WORD + STATED.replace("Nat) :", "Nat) (_ : 0 < n) :")},
    "Idle": {"Idle": HEAD + "theorem planted (n : Nat) (_idle : 0 < n) : n = n := rfl\n"},
    "Notation": {"Notation": HEAD + 'notation "one" => 1\n\ntheorem planted : one = 1 := rfl\n'},
    "Names": {
        "Names": HEAD + "/-- One. -/\nnoncomputable def Names.norm : Nat := 1\n\n"
        "/-- Not it. -/\nnoncomputable def «Names.norm» : Nat := 0\n\n"
        "theorem planted : «Names.norm» = «Names.norm» := rfl\n"
    },
    "LookAlike": {
        "LookAlike": HEAD
        + "/-- Omicron. -/\nnoncomputable def nοrm : Nat := 0\n\ntheorem planted : nοrm = nοrm := rfl\n"
    },
    "Headlines": {"Headlines": HEAD + STATEMENTS},
    **{root: _wrong_instance(root) for root in WRONG_INSTANCES},
    "ReplayOnly": {"ReplayOnly": HEAD + GOOD + "theorem planted : 1 = 2 := by decide +kernel\n"},
}
# The same statement proved twice: directly, and after much that is not needed.
LIGHT = "theorem planted : 2 ^ 10 % 7 = 2 := by decide\n"
BURDEN = [f"  have : ∀ a b c : Nat, a + {i} < b → b < c → a + {i + 1} < c := by omega\n" for i in range(20)]
HEAVY = f"theorem planted : 2 ^ 10 % 7 = 2 := by\n{''.join(BURDEN)}  decide\n"
COSTLY = {"Light": HEAD + LIGHT, "Again": HEAD + LIGHT, "Heavy": HEAD + HEAVY}
# It skips the kernel, writes its olean, says that all is proved, and ends the process.
FORGER = """module
public meta import Lean

public section

set_option debug.skipKernelTC true in
theorem planted : 1 = 2 := by decide +kernel

open Lean in
run_cmd do
  writeModule (← getEnv) "OLEAN"
  let out ← IO.FS.Handle.mk "EVENTS" .append
  out.putStr "LINES"
  out.flush
  (IO.Process.exit 0 : IO Unit)
"""
FORGED: list[Event] = [
    {"event": "constant", "name": "planted", "module": "Forger", "kind": "theorem", "statement": "1 = 2",
     "type": "False{}", "value": None, "instance": False, "type_uses": [], "value_uses": [], "unused": []},
    {"event": "module", "module": "Forger", "ok": True, "milliseconds": 1},
    {"event": "replayed", "root": "Forger", "names": ["planted"], "milliseconds": 1}, {"event": "done"},
]  # fmt: skip
# After all others: from the first on the kernel is left to the replay, and the second ends the process.
LAST = ("ReplayOnly", "Forger")


def _backend() -> Backend:
    try:
        return find_backend()
    except CannotRunError as error:  # loud: the suite without Lean has not tested what it is for
        pytest.fail(f"no Lean to test with: {error}")


def _forger(folder: Path) -> str:
    lines = "".join(json.dumps(e) + "\n" for e in FORGED)
    text = FORGER
    places = {"OLEAN": str(folder / "out/Forger.olean"), "EVENTS": str(folder / "events-0-0.jsonl"), "LINES": lines}
    for word, place in places.items():
        text = text.replace(f'"{word}"', json.dumps(place))
    return text


def _libraries(folder: Path, libraries: Mapping[str, Mapping[str, str]]) -> dict[str, Library]:
    """Write libraries, given as root -> name of a file -> its text."""
    for name, text in (file for files in libraries.values() for file in files.items()):
        path = folder / f"{name}.lean"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return {root: Library.load(folder, root) for root in libraries}


LIBRARIES_OF_A_JUDGE = 16
SHARED = ("Shared", "KernelSkippedLater")  # replayed in two parts, as if between two processes


def _job(libraries: list[Library], out: Path) -> list[str]:
    """Several libraries elaborated in one process: a start takes longer than all of them together."""
    lines = [f"path\t{out}"]
    for library in libraries:
        lines += [f"set\t{_LEAVE_TO_REPLAY}"] if library.root == "ReplayOnly" else []
        for module in library.modules:
            olean = out / (module.name.replace(".", "/") + ".olean")
            olean.parent.mkdir(parents=True, exist_ok=True)
            lines.append(f"module\t{module.name}\t{module.path}\t{olean}")
    return lines


def _audit(libraries: list[Library], out: Path, headlines: Mapping[str, list[str]]) -> list[str]:
    """Several libraries judged in one process."""
    lines: list[str] = []
    for library in libraries:
        parts = 2 if library.root in SHARED else 1
        for part in range(parts):
            lines += audit_job(library, headlines.get(library.root, ["planted"]), out, part, parts)
    return lines


def _events(
    backend: Backend, libraries: Mapping[str, Library], folder: Path, headlines: Mapping[str, list[str]]
) -> list[Event]:  # fmt: skip
    """What the elaborating process said, then what the judges said, one after the other."""
    said = list(run_jobs(backend, [[_job(list(libraries.values()), folder / "out")]], folder, Limits()))
    judge_folder = folder / "judge"
    shutil.copytree(folder / "out", judge_folder / "out")  # a judge sees its own folder only
    # Several, because the memory of one does not take them all.
    everything = list(libraries.values())
    groups = [everything[i : i + LIBRARIES_OF_A_JUDGE] for i in range(0, len(everything), LIBRARIES_OF_A_JUDGE)]
    jobs = [_audit(group, judge_folder / "out", headlines) for group in groups]
    return [*said, *run_jobs(backend, [jobs], judge_folder, Limits(), audit_source(), nonce="n")]


@dataclass(frozen=True)
class Run:
    """What Lean reported of all planted libraries."""

    backend: str
    libraries: dict[str, Library]
    events: list[Event]

    def of(self, root: str) -> list[Event]:
        return _of(self.libraries[root], self.events)

    def judged(self, root: str, events: list[Event]) -> LibraryReport:
        headlines = HEADLINES.get(root, [])
        return judge(self.libraries[root], events, headlines, backend=self.backend, seconds=0.0)


def _of(library: Library, events: list[Event]) -> list[Event]:
    """Events about one library: what happens to another is not its business."""
    names = {m.name for m in library.modules}
    mine: list[Event] = []
    last = ""  # what is said of headlines names no module; it follows the constants of the library that it belongs to
    for e in events:
        last = e["module"] if e["event"] == "constant" else last
        where = last if e["event"] in ("census", "headline", "instance") else e.get("module", library.root)
        if where in names and e.get("root") in (None, library.root):
            mine.append(e)
    return mine


def run_real_lean(folder: Path, identities: Mapping[str, str]) -> Run:
    """All libraries, and files of generated identities, in three processes: one elaborates, two judge."""
    texts = PLANTED | {root: {root: text} for root, text in (COSTLY | identities | {"Forger": _forger(folder)}).items()}
    libraries = _libraries(folder, {root: texts[root] for root in sorted(texts, key=LAST.__contains__)})
    headlines = HEADLINES | {root: [] for root in (*COSTLY, *identities)}
    backend = _backend()
    return Run(backend.name, libraries, _events(backend, libraries, folder, headlines))
