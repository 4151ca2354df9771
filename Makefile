# Everything a person types. Needs git, make and Python 3.11 or newer; each target sets itself up.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SITE ?= ninhthuan
N ?= 200

.DEFAULT_GOAL := help
.PHONY: help setup demo clean-demo crawl test check torture bench clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## the virtual environment .venv, with exact versions

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "newscrawl needs Python 3.11 or newer, and $(PYTHON) is `$(PYTHON) -V 2>&1`: make PYTHON=python3.12 ..."; exit 1; }
	@echo "setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@$(PYTHON) -m venv $(VENV)/pywb
	@$(VENV)/pywb/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt pywb
	@touch $(READY)

demo: $(READY) ## crawl a replica of the Ninh Thuận portal on this machine, into output/demo/
	@$(BIN)/python -m tests.replica.demo

clean-demo: ## forget the demo's output
	@rm -rf output/demo

crawl: $(READY) ## crawl a live site, politely, into output/: make crawl SITE=ninhthuan
	@$(BIN)/scrapy crawl $(SITE)

test: $(READY) ## all tests
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal

check: $(READY) ## lint, types and the fast tests, in under a minute
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -m "not crawl" --numprocesses auto --dist worksteal

torture: $(READY) ## kill N crawls at random moments, and others at every single write: make torture N=20
	@code=0; NEWSCRAWL_SWEEP=all $(BIN)/python -m pytest tests/test_faults.py || code=1; \
	$(BIN)/python -m tests.torture $(N) || code=1; exit $$code

bench: $(READY) ## measure, side by side, and compare with the budgets
	@$(BIN)/python -m benchmarks

clean: ## the virtual environment and caches; never the output
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
