# One word per job. Each sets up what it needs, and does only what is not done yet.
#   make book PYTHON=python3.12    another Python (3.11 or newer)
#   make serve PORT=8001           another port
#   make book LIMIT=7200           a slow machine: seconds that one cell may take
#   make book LIVE=1               with Python on the pages: live/sources.py says from where it comes
#   make machines CONFIGURATIONS="lowest avx2"    these alone

PYTHON ?= python3
PORT ?= 8000
VENV ?= .venv
BOOKFLAGS ?=
LABFLAGS ?=
CONFIGURATIONS ?=
# Of tests, side by side: one more than there are processors, since a browser is often waited for.
PROCESSES ?= $(shell python3 -c 'import os; print((os.cpu_count() or 1) + 1)')

SHELL := /bin/bash
BIN := $(VENV)/bin
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
READY := $(VENV)/.ready-$(VERSION)
TESTABLE := $(VENV)/.testable-$(VERSION)
PINS := requirements.txt requirements.lock pyproject.toml

# One line every 40 packages instead of one for each.
QUIETLY := | awk '/^Collecting/ { if (++n % 40 == 0) print "  " n " packages found"; fflush() } \
	/^Installing coll/ { print "  installing " NF - 3 " packages"; fflush() }'

.PHONY: help book serve lab test machines browser bench lock store clean

help:
	@echo "make book    build the site into _build/html; with LIVE=1 its cells run on their pages"
	@echo "make serve   build it and serve it on http://localhost:$(PORT)"
	@echo "make lab     open a copy of the chapters, your own, in JupyterLab"
	@echo "make test    run every test"
	@echo "make machines  run the notebooks as other processors and Pythons do, and compare"
	@echo "make browser  run the chapters on their pages, in Chromium, and compare"
	@echo "make bench   measure times"
	@echo "make store   run the notebooks, store what is compared, write exports/ and lib-interface"
	@echo "make lock    look up the newest versions and write requirements.lock"
	@echo "make clean   remove what make has made"

book: $(READY)
	@echo "Building the site: notebooks that have changed are run."
	@$(BIN)/jupyter-book build . $(BOOKFLAGS) || \
		{ $(BIN)/python -m runner --stopped; exit 1; }

serve: book
	@echo "Serving the site on http://localhost:$(PORT), until Ctrl+C."
	@$(BIN)/python -m $(if $(LIVE),live.host _build/html $(PORT),http.server $(PORT) --bind 127.0.0.1 --directory _build/html)

lab: $(READY)
	@$(BIN)/python -m desk $(LABFLAGS)

test: $(TESTABLE)
	@echo "Lint and types, then tests: the quick ones first, those in a browser last."
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder

# Each other Python at hand gets an environment of its own, with what a reader installs.
machines: $(READY)
	@pythons=; for python in $$($(BIN)/python -m runner.pythons); do \
		venv=_build/$$($$python -c 'import sys; print("python%d.%d" % sys.version_info[:2])'); \
		$(MAKE) --no-print-directory python-ready PYTHON=$$python VENV=$$venv || exit 1; \
		pythons="$$pythons $$venv/bin/python"; \
	done; \
	PYTHONS="$$pythons" $(BIN)/python -m runner.matrix $(CONFIGURATIONS)

python-ready: $(READY)

# CHAPTERS="entropy vae" runs these alone.
browser: $(TESTABLE)
	@$(MAKE) --no-print-directory book LIVE=1
	@$(BIN)/python -m bench.in_browser $(CHAPTERS)

bench: $(TESTABLE)
	@$(BIN)/python -m bench.table
	@for module in bench.drag_step bench.first_text; do \
		echo "$$module"; $(BIN)/python -m "$$module" || exit 1; \
	done

store: $(TESTABLE)
	@$(BIN)/python -m judge.stored_outputs
	@$(BIN)/python -m generators.exports
	@$(BIN)/python -m generators.lib_interface

# The old lock is no constraint on the new one, and a lock holds no path.
lock: $(READY)
	@$(BIN)/python -m pip install --quiet uv
	@grep -v '^-' requirements.txt | UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile \
		- pyproject.toml --extra test --extra coursework --universal --python-version 3.11 \
		--fork-strategy fewest --upgrade --annotation-style line --no-sources --quiet --output-file requirements.lock
	@echo "requirements.lock: $$(grep -c == requirements.lock) packages. Now: make test"

clean:
	rm -rf _build $(VENV) build *.egg-info .pytest_cache .ruff_cache .hypothesis

# A new venv where there is none of this Python version; otherwise only what has changed.
$(READY): $(PINS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed, and $(PYTHON) is $(VERSION)." \
		     "Name another: make book PYTHON=python3.12"; exit 1; }
	@echo "Installing the locked packages for Python $(VERSION) into $(VENV) (1 to 3 minutes)."
	@test -e $@ || $(PYTHON) -m venv --clear $(VENV)
	@set -o pipefail; $(BIN)/python -m pip install --disable-pip-version-check \
		-r requirements.txt $(QUIETLY)
	@touch $@

$(TESTABLE): $(READY)
	@echo "Installing what the tests need."
	@set -o pipefail; $(BIN)/python -m pip install --disable-pip-version-check \
		-c requirements.lock -e '.[test,coursework]' $(QUIETLY)
	@touch $@
