PYTHON ?= python3
PORT ?= 8321
OPEN ?= 1
BIN := .venv/bin

.PHONY: demo test check bench crash requirements clean help

help:
	@echo "make demo    the whole product on this machine, in the browser (PORT=$(PORT), OPEN=0 keeps the browser shut)"
	@echo "make test    everything that must hold"
	@echo "make check   format, lint, types, import contracts"
	@echo "make bench   figures against other detectors, simulated truth, public data (docs/benchmarks)"
	@echo "make crash   kill tests, ten times as many, and how many kills fell in each step"

demo: .venv/runtime
	@$(BIN)/baton demo --port $(PORT) $(if $(filter 0,$(OPEN)),--no-open)

test: .venv/dev
	$(BIN)/pytest -ra -n 3 --dist worksteal

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports

bench: .venv/dev
	$(BIN)/python -m tests.bench

crash: .venv/dev
	$(BIN)/pytest -rfEP --show-capture=stdout tests/crash --crash-rounds 10
	$(BIN)/pytest -rfEP --show-capture=stdout tests/reliability --crash-rounds 10

# The three files below say that an installation is complete and up to date.
.venv/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Baton needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -m venv .venv || \
	  { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; rm -rf .venv; exit 2; }
	@touch $@

.venv/runtime: .venv/created requirements/runtime.txt pyproject.toml
	@echo "Installing Baton (once, a minute or two) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/runtime requirements/dev.txt
	@echo "Installing what the tests need …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

requirements:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-find-links --no-annotate --no-header requirements/runtime.in -o requirements/runtime.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-find-links --no-annotate --no-header requirements/dev.in -o requirements/dev.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-find-links --no-annotate --no-header requirements/bench.in -o requirements/bench.txt

clean:
	rm -rf .venv .baton
