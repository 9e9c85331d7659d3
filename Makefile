# Needs make, Python 3.11 or newer and, the first time, a package index. `make help` lists the targets.

VENV ?= .venv
RUN := $(VENV)/bin/python
# Pass REQUIRE_ALL=1 to make a skip for lack of a library or a program a failure.
REQUIRE_ALL ?=
WORKERS ?= auto
ARGS ?=

# The first Python that is new enough. Name another with `make PYTHON=/path/to/python3.12 …`.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && { echo $$p; exit; }; done; echo python3)

# What the caller's environment says of other Pythons is not for ours.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV
export PYTHONNOUSERSITE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
ifneq ($(REQUIRE_ALL),)
export RULELANG_REQUIRE_ALL := 1
endif

# A virtual environment is tied to its place and to what pyproject.toml asks for: install again when either changes.
WANTED = $(shell { pwd; cat pyproject.toml; } | cksum)
INSTALL_ALL = { $(RUN) -m pip install -q -e '.[test-all]' && echo "$(WANTED)" > $(VENV)/tools; }
INSTALL_PART = { \
	echo "Not every library could be installed: going on with those that the tests cannot do without." >&2; \
	$(RUN) -m pip install -q -e '.[test]' && echo "$(WANTED) in part" > $(VENV)/tools; }

.DEFAULT_GOAL := help
.PHONY: help demo test lint format fuzz bench bench-peers generate test-lowest wheel-check clean package tools

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: package ## judge the cases of the Gwent follow-up inspection
	$(VENV)/bin/rulelang check gwent examples/gwent/followup --as-at 2005-03-01

test: tools lint ## run every check: format, lint, types, then the tests
	$(RUN) -m pytest -n $(WORKERS) --maxprocesses 8 $(ARGS)

lint: tools ## check format, style and types, without the tests
	$(RUN) -m ruff format --check
	$(RUN) -m ruff check
	$(RUN) -m mypy

format: tools ## format the Python code and mend what can be mended
	$(RUN) -m ruff check --fix-only
	$(RUN) -m ruff format

fuzz: tools ## run the property tests with many more, random, examples
	HYPOTHESIS_PROFILE=fuzz $(RUN) -m pytest -m hypothesis -n $(WORKERS) --maxprocesses 8 $(ARGS)

bench: tools ## measure the speeds that the project promises
	$(RUN) -m benchmarks $(ARGS)

bench-peers: ## measure other rule engines on the same cases, in an environment of their own
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install -q -r benchmarks/peers.txt -e '.[duckdb]'
	.venv-peers/bin/python -m benchmarks peers $(ARGS)

generate: tools ## write again the files that are made from code
	$(RUN) -m tools.generated

test-lowest: $(VENV)/made ## run the tests with the oldest libraries that pyproject.toml allows
	$(PYTHON) -m venv --clear .venv-lowest
	.venv-lowest/bin/python -m tools.lowest > .venv-lowest/lowest.txt
	.venv-lowest/bin/python -m pip install -q -e '.[test-all]' -c .venv-lowest/lowest.txt
	.venv-lowest/bin/python -m pytest -n $(WORKERS) --maxprocesses 8 $(ARGS)

wheel-check: tools ## build the wheel and judge cases with it alone, in an empty environment
	$(RUN) -m tools.wheel_check

clean: ## remove all that make has made
	rm -rf $(VENV) .venv-lowest .venv-peers build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find rulelang tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/made:
	@$(PYTHON) -c '$(NEW_ENOUGH)' || { \
		echo "rulelang needs Python 3.11 or newer, and '$(PYTHON)' is not. If a newer one is installed," \
		     "name it: make PYTHON=/path/to/python3.12 …" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "$(PYTHON) could not make a virtual environment. On Debian and Ubuntu, install python3-venv." >&2; \
		rm -rf $(VENV); exit 1; }
	@touch $@

package: $(VENV)/made
	@[ "$$(cat $(VENV)/package 2>/dev/null)" = "$(WANTED)" ] || { \
		echo "Installing rulelang in $(VENV) …"; \
		$(RUN) -m pip install -q -e . && echo "$(WANTED)" > $(VENV)/package; }

# Without the libraries of `test-all` most tests still run; the rest are skipped and named.
tools: $(VENV)/made
	@case "$$(cat $(VENV)/tools 2>/dev/null)" in \
	"$(WANTED)") ;; \
	"$(WANTED) in part") [ -z "$(REQUIRE_ALL)" ] || $(INSTALL_ALL) ;; \
	*)  echo "Installing rulelang and what its tests need in $(VENV) …"; \
		$(INSTALL_ALL) || { [ -z "$(REQUIRE_ALL)" ] && $(INSTALL_PART); } ;; \
	esac
