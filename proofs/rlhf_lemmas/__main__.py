"""``python -m rlhf_lemmas``."""

from rlhf_lemmas import main

main()
