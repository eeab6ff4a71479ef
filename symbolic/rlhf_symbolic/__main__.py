"""``python -m rlhf_symbolic proofs`` writes the generated Lean files below the folder ``proofs``."""

import sys
from pathlib import Path

from rlhf_symbolic.lean.files import sources

if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: python -m rlhf_symbolic FOLDER, the folder that holds RLHF.lean")
    for name, text in sources().items():
        path = Path(sys.argv[1]) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
