# make run: everything from nothing to the open dashboard.  make test: everything the tests need, then all tests.
# Which Python: that of the environment, else python3; another one with make PYTHON=python3.13 test.
PYTHON ?= $(firstword $(wildcard .venv/bin/python) python3)

.PHONY: run test check ci bench dist pictures cluster-demo setup clean

run test check ci bench dist pictures cluster-demo setup clean:
	@$(PYTHON) -m dupedash.setup $@
