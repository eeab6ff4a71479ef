"""Writes ``read_and_reuse_the_proofs.ipynb`` and executes it: ``python examples/make_proofs_notebook.py``.

The cell that starts Lean has the id `LEAN_CELL`; without Lean it says that nothing was checked.
"""

from pathlib import Path

from executed import Cells, write

NOTEBOOK = Path(__file__).with_name("read_and_reuse_the_proofs.ipynb")

CELLS: Cells = (
    (
        "words",
        r"""# Read and reuse the Lean proofs

From the id of a statement to its Lean theorem, what it assumes, and a file of your own that builds on the library and
is checked by Lean. Only the last step needs Lean; `make check`, or `rlhf-lemmas lean setup`, installs one.""",
    ),
    (
        "code",
        """import os
import subprocess
import sys
import tempfile

empty = tempfile.TemporaryDirectory()  # with an empty cache the command reads the ledger recorded with the package
shown = os.environ | {"RLHF_LEMMAS_CACHE": empty.name, "COLUMNS": "140", "FORCE_COLOR": ""}


def run(*words, between):
    \"\"\"Print what rlhf-lemmas says from the first mark up to the second.\"\"\"
    done = subprocess.run([sys.executable, "-m", "rlhf_lemmas", *words], env=shown, capture_output=True, text=True)
    first, last = between
    print((first + done.stdout.partition(first)[2].partition(last)[0]).rstrip())""",
    ),
    (
        "words",
        r"""## Show

`rlhf-lemmas show gap-range` prints one statement with all its evidence: status, seconds, instances tested. Here are
the parts that do not change with each check: the elaborated Lean statement, and what it assumes.""",
    ),
    (
        "code",
        """run("show", "gap-range", between=("  theorem:", "  axioms"))
run("show", "gap-range", between=("  statement:", "  statement_sha256"))
run("show", "gap-range", between=("  assumes:", "  audit_lines"))""",
    ),
    (
        "words",
        r"""How to read it: for every exponential ordered field `R`, every problem `P` over it with `N` prompts, `m`
actions and `d` features, and every bound `Δ` on the differences of features, the gap is between 0 and `Δ‖θ* − θ‖`: at
each prompt, on each sample of at least one prompt, and under each probability vector `D`. The only hypothesis besides
is `hΔ`. What stands under `RLHF.ExpField` are the laws that the numbers obey, under `RLHF.Problem` what a problem
consists of.

## Cite

`rlhf-lemmas cite gap-range` prints BibTeX with the status of the last check, `--latex` the whole statement in words
and formulas, `--json` all facts. The entry begins""",
    ),
    (
        "code",
        """run("cite", "gap-range", between=("@misc", "  year"))""",
    ),
    (
        "words",
        r"""## The source

The headline theorems stand in `Main/` of each paper, in the words of their statement; the proof there is one line
that points to the lemma. The docstring says the formula and the place in the paper.""",
    ),
    (
        "code",
        """from rlhf_proofs.resources import proofs_directory


def source(file, start):
    \"\"\"Return a declaration of the library with its docstring.\"\"\"
    text = (proofs_directory() / file).read_text(encoding="utf-8")
    before, found, after = text.partition(f"\\n{start} ")
    return "/--" + before.rpartition("/--")[2] + found + after.partition("\\n\\n")[0]


print(source("RLHF/Papers/Generalisation/Main/LogForm.lean", "theorem gap_range"))""",
    ),
    (
        "words",
        r"""## What `ExpField` is

No theorem is about floats. Most hold over every linearly ordered field with two functions and three laws; the ledger
marks those over the Archimedean ones, or the reals, alone. The real numbers are constructed in the library and shown
to be one (`RLHF.instExpFieldReal`), so nothing is assumed of them.""",
    ),
    (
        "code",
        """print(source("RLHF/Foundations/Defs.lean", "class ExpField"))
print()
print(source("RLHF/Reals/Instance.lean", "noncomputable instance instExpFieldReal"))""",
    ),
    (
        "words",
        r"""## A file of your own

It imports a module of the library and proves that `exp` lies above its tangent at every point, from the law at 0 and
two lemmas. It is stated over any `ExpField`, so it holds for the reals, too.""",
    ),
    (
        "code",
        '''MINE = """module
public import RLHF.Foundations.Exp

public section

namespace Mine

open RLHF

universe u
variable {R : Type u} [ExpField R]

/-- `exp` lies above its tangent at every point. -/
theorem tangent_le (x y : R) : exp x * (y - x + 1) ≤ exp y := by
  have split : exp y = exp x * exp (y - x) := by
    rw [← exp_add]
    congr 1
    grind
  have positive := exp_pos x
  rw [split]
  exact mul_le_mul_left (add_one_le_exp (y - x)) (by grind)

end Mine
"""''',
    ),
    (
        "words",
        r"""**This cell needs Lean**, and a minute or two the first time; what Lean has accepted is remembered by
content. With the official toolchain you need none of it: put the file beside `RLHF.lean` in `proofs/` and run `lake
env lean Mine.lean` after `lake build`. Here the project's own driver elaborates the file and what it imports, has the
kernel check all of it again from the compiled files, and lists axioms.""",
    ),
    (
        "code",
        """import shutil
from pathlib import Path

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.backend import find_backend
from rlhf_proofs.lean.build import check_library
from rlhf_proofs.lean.library import Library

try:
    lean = find_backend()
except CannotRunError:
    lean = None
    print("SKIPPED: no Lean is installed here (rlhf-lemmas lean setup). NOTHING WAS CHECKED.")

if lean is not None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(proofs_directory() / "RLHF", f"{folder}/RLHF")
        Path(folder, "Mine.lean").write_text(MINE, encoding="utf-8")
        mine = Library.load(Path(folder), "Mine", builds_on=("RLHF",))
        report = check_library(mine, lean)
    theorem = report.theorems.get("Mine.tangent_le")
    print("modules:", ", ".join(module.name for module in mine.modules))
    print("defects:", list(report.defects))
    print("proved:", None if theorem is None else theorem.statement)
    print("axioms of the library's own, sorry included:", None if theorem is None else list(theorem.axioms))""",
    ),
    (
        "words",
        r"""No defect and no axiom: the theorem is proved as far as the kernel of this Lean is believed. `TRUST.md`
says what else one believes. To go on: the files `Defs.lean` are the definitions, `Main/` the statements, `Examples/`
beside each paper an instance of every statement at a concrete problem.""",
    ),
)

LEAN_CELL = f"cell-{len(CELLS) - 2}"

if __name__ == "__main__":
    write(CELLS, NOTEBOOK)
