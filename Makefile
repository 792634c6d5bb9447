# Two commands matter: `make demo` and `make test`. Both need python3 (3.11 or newer), venv and make;
# `make test` installs the Debian packages it needs when run as root, and names them otherwise.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint type docs check bench bench-quick soak clean

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

# Every figure on a large directory, some minutes; writes docs/performance.md.
bench: $(VENV)/.dev
	$(BIN)/python -m bench

# The same on a small one: whether the figures can be measured, not what they say.
bench-quick: $(VENV)/.dev
	$(BIN)/python -m bench --quick

# A long while of everything at once, to see whether anything grows; SOAK_MINUTES=2 for a short one.
SOAK_MINUTES ?= 30
soak: $(VENV)/.dev
	$(BIN)/python -m tests.mta.soak --minutes $(SOAK_MINUTES)

clean:
	rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find mailpolicy tests bench -name __pycache__ -prune -exec rm -rf {} +

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
