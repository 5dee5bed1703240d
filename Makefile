# make run: everything from nothing to the open dashboard.  make test: everything the tests need, then all tests.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python

.PHONY: setup run test check bench clean

setup: $(VENV)/.runtime

run: setup
	@$(PY) -m dupedash example --if-none
	@$(PY) app.py

test: $(VENV)/.tests
	@$(PY) -m tests.chromium
	@$(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder

check: $(VENV)/.tests
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(PY) -m pytest tests/test_layers.py

bench: setup
	@$(PY) -m dupedash bench

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "dupedash needs Python 3.11 or newer; say which with: make PYTHON=python3.12 run"; exit 1; }
	@echo "Creating the environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	@echo "Installing what dupedash needs (a minute or two, once) …"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.tests: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing what the tests need …"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
