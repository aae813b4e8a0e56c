# `make demo` shows what Scoreline does, `make test` proves it. Both set up `.venv` here first, and need only
# Python 3.11 or newer (`make demo PYTHON=python3.12` to name one).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PACKAGES := grammar engine cli rulesets

.PHONY: demo test soak lint types bench clean help

help:
	@echo "make demo    score, stage and explain accounts: synthetic contacts, then real GitHub events"
	@echo "make test    run all tests"
	@echo "make soak    long property, fuzz and fault runs"
	@echo "make lint    ruff and the import contracts"
	@echo "make types   mypy --strict"
	@echo "make bench   measure the goals of speed (about half an hour)"
	@echo "make clean   remove what these made"

demo: $(VENV)/.installed
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh docs/demo.sh

test: $(VENV)/.installed-dev
	$(BIN)/pytest -n 2 --dist worksteal

soak: $(VENV)/.installed-dev
	$(BIN)/pytest -m soak

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

# mypy cannot follow an editable install: it gets a folder `scoreline` whose parts are links to those here.
types: $(VENV)/.installed-dev
	@mkdir -p build/types/scoreline
	@for part in __init__.py py.typed $(PACKAGES) benchmarks; do ln -sfn ../../../$$part build/types/scoreline/$$part; done
	cd build/types && ../../$(BIN)/mypy --config-file ../../pyproject.toml -p scoreline

bench: $(VENV)/.installed-bench
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build dist demo *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.python:
	@command -v $(PYTHON) >/dev/null || { echo "Scoreline needs Python 3.11 or newer; there is no $(PYTHON) here." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Scoreline needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Name another: make PYTHON=python3.12 …" >&2; exit 1; }
	@echo "Setting up $(VENV) (once) …"
	@$(PYTHON) -m venv $(VENV) || { echo "No virtual environment could be made (on Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.python
	@$(PIP) -e '.[backtest]'
	@touch $@

$(VENV)/.installed-dev: pyproject.toml $(VENV)/.python
	@$(PIP) -e '.[dev]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-bench: pyproject.toml $(VENV)/.python
	@$(PIP) -e '.[bench]'
	@touch $@ $(VENV)/.installed
