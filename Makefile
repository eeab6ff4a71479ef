# Two commands do everything, set-up included: `make check` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/ready

.PHONY: check test lint lock clean

## check: every statement three ways, then the ledger (the main job)
check: $(READY)
	$(BIN)/rlhf-lemmas lean setup
	$(BIN)/rlhf-lemmas check

## test: static checks, then the test suite with coverage
test: $(READY) lint
	$(BIN)/rlhf-lemmas lean setup
	$(BIN)/python -m pytest --numprocesses auto --dist loadgroup --cov --cov-report=term

## lint: formatting, lint rules, strict types
lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

## lock: pin the dependencies anew (needs uv, which the lock does not hold)
lock:
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --python-version 3.11 --extra lean --extra plots --extra examples --extra notebook --extra report --extra dojo --extra test pyproject.toml -o requirements.lock

## clean: remove the virtual environment (the cache of Lean lies in the user's cache folder)
clean:
	rm -rf $(VENV)

# Every dependency by hash; then this project itself, which is built with what the lock holds.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 check"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)
