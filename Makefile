# Two commands do everything, set-up included: `make check` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/ready

BENCH  := .venv-bench

.PHONY: check test lint lock bench clean

## check: every statement three ways, then the ledger (the main job)
check: $(READY)
	$(BIN)/rlhf-lemmas lean setup
	$(BIN)/rlhf-lemmas check

## test: static checks, then the test suite with coverage
test: $(READY) lint
	$(BIN)/rlhf-lemmas lean setup
	$(BIN)/python -m pytest --numprocesses auto --cov --cov-report=term

## lint: formatting, lint rules, strict types
lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

## bench: measure speed beside PyTorch and JAX, in an environment of its own; writes benchmarks/RESULTS.md
bench: $(BENCH)/ready
	$(BENCH)/bin/rlhf-lemmas lean setup
	$(BENCH)/bin/python -m benchmarks

## lock: pin the dependencies anew (needs uv, which the lock does not hold)
lock:
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --python-version 3.11 --extra lean --extra plots --extra examples --extra notebook --extra report --extra dojo --extra test pyproject.toml -o requirements.lock

## clean: remove the virtual environments (the cache of Lean lies in the user's cache folder)
clean:
	rm -rf $(VENV) $(BENCH)

# Every dependency by hash; then this project itself, which is built with what the lock holds.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 check"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

# Not locked: PyTorch and JAX are large, and only compared with.
$(BENCH)/ready: pyproject.toml
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[bench,lean]' \
	  || { echo "make bench: PyTorch or JAX could not be installed (see above); nothing was measured" >&2; exit 2; }
	@touch $@
