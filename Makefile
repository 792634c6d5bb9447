# Two commands matter: `make demo` and `make test`. Both need python3 (3.11 or newer), venv and make;
# `make test` installs the Debian packages it needs when run as root, and names them otherwise.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint type docs check clean

demo: $(VENV)/.core
	@$(BIN)/python -m mailpolicy.cli.demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest --quiet --numprocesses auto $(TESTS)

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

type: $(VENV)/.dev
	$(BIN)/mypy

# What the code says about itself, written where readers look: a test compares it.
docs: $(VENV)/.dev
	$(BIN)/python -m docs.generate

check: lint type test

clean:
	rm -rf $(VENV) dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find mailpolicy tests -name __pycache__ -prune -exec rm -rf {} +

# The stamps: what is installed stays installed until the file that lists it changes.
$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[cli]'
	@touch $@

$(VENV)/.dev: pyproject.toml .ci/packages | $(BIN)/python
	.ci/packages
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.core
