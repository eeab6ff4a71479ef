"""Claims of rlhf-lemmas in the tests of another project; see `rlhf_pytest.plugin`."""
