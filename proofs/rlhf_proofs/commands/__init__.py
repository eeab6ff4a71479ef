"""Commands of the command line, a module for each family; `rlhf_proofs.cli` registers them."""
