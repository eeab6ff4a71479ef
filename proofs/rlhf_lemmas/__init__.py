"""The command ``rlhf-lemmas`` from its first moment: Ctrl-C ends it with a word, even while its parts are imported."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line of `rlhf_proofs.cli`."""
    try:
        from rlhf_proofs.cli import main as run  # takes a second

        run()
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        sys.exit(130)
