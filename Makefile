# Two commands do everything, set-up included: `make check` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
BENCH  := .venv-bench
LOCKS  := requirements

.PHONY: check test test-deep docs lint lock bench records clean

## check: every statement three ways, then the ledger (the main job)
check: $(VENV)/ready-check
	$(BIN)/rlhf-lemmas lean setup
	$(BIN)/rlhf-lemmas check

## test: static checks, then the test suite with coverage
test: $(VENV)/ready-test lint
	$(BIN)/rlhf-lemmas lean setup
	$(BIN)/python -m pytest --numprocesses auto --cov --cov-report=term -m "not deep"

## test-deep: the rest of the suite: every place of every formula changed, hunts, damaged files, the report in a browser
test-deep: $(VENV)/ready-test
	$(BIN)/rlhf-lemmas lean setup
	$(BIN)/python -m pytest --numprocesses auto -m deep

## docs: the documentation as a web site that works from the disk, in build/docs; a link to nowhere is an error
docs: $(VENV)/ready-docs
	$(BIN)/python -m docs.website build/docs

## lint: formatting, lint rules, strict types
lint: $(VENV)/ready-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

## bench: measure speed beside PyTorch and JAX, in an environment of its own; writes benchmarks/RESULTS.md
bench: $(BENCH)/ready-bench
	$(BENCH)/bin/rlhf-lemmas lean setup
	$(BENCH)/bin/python -m benchmarks

## records: remake all that commands write, in order, up to the first failure; BY says who answers for it
records: $(VENV)/ready-test
	$(if $(BY),,$(error who answers for the check? make records BY="A. NAME"))
	$(BIN)/rlhf-lemmas lean setup
	$(BIN)/rlhf-lemmas lean imports
	$(BIN)/python -m rlhf_symbolic proofs
	$(BIN)/rlhf-lemmas mutate --outdated --out numeric/rlhf_numeric/counterexamples
	$(BIN)/rlhf-lemmas pin --write
	$(BIN)/rlhf-lemmas lean heartbeats --write
	$(BIN)/rlhf-lemmas check
	$(BIN)/rlhf-lemmas formalization
	$(BIN)/rlhf-lemmas record-ledger --by "$(BY)"
	$(BIN)/python -m docs.front

## lock: pin the dependencies anew (needs uv, which no lock holds); check, docs and bench take their versions from test
EXTRAS_check := lean plots report build
EXTRAS_docs  := report docs build
EXTRAS_test  := $(EXTRAS_check) docs examples tables notebook dojo test
EXTRAS_bench := lean build bench
UV := uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --python-version 3.11
lock:
	$(UV) $(EXTRAS_test:%=--extra %) pyproject.toml -o $(LOCKS)/test.lock
	$(UV) $(EXTRAS_check:%=--extra %) -c $(LOCKS)/test.lock pyproject.toml -o $(LOCKS)/check.lock
	$(UV) $(EXTRAS_docs:%=--extra %) -c $(LOCKS)/test.lock pyproject.toml -o $(LOCKS)/docs.lock
	$(UV) $(EXTRAS_bench:%=--extra %) -c $(LOCKS)/test.lock pyproject.toml -o $(LOCKS)/bench.lock

## clean: remove the virtual environments (the cache of Lean lies in the user's cache folder)
clean:
	rm -rf $(VENV) $(BENCH)

# Each environment from a lock that holds every package with its hash: nothing is resolved. The tests need what the check
# and the documentation need, and more.
$(VENV)/ready-test: $(LOCKS)/test.lock $(LOCKS)/install.py pyproject.toml
	$(PYTHON) $(LOCKS)/install.py $(VENV) $<
	@touch $@ $(VENV)/ready-check $(VENV)/ready-docs

$(VENV)/ready-check: $(LOCKS)/check.lock $(LOCKS)/install.py pyproject.toml
	$(PYTHON) $(LOCKS)/install.py $(VENV) $<
	@touch $@

$(VENV)/ready-docs: $(LOCKS)/docs.lock $(LOCKS)/install.py pyproject.toml
	$(PYTHON) $(LOCKS)/install.py $(VENV) $<
	@touch $@

$(BENCH)/ready-bench: $(LOCKS)/bench.lock $(LOCKS)/install.py pyproject.toml
	$(PYTHON) $(LOCKS)/install.py $(BENCH) $< || { echo "make bench: nothing was measured" >&2; exit 2; }
	@touch $@
