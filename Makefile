# Straatcontact: every job is a target, `make help` lists them.
# Needs Python 3.11+, make and git. Everything else is installed here, into .venv.

PYTHON ?= python3
PORT   ?= 8550
DATA   ?= data
SEEDS  ?= 200
FIRST  ?= 1
ONLY   ?= all
BIN    := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test soak bench screenshots lint types simulate set-up set-up-test web web-quick clean

help: ## List what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

run: set-up ## Start the demo organisation on http://localhost:$(PORT) (PORT=8550 DATA=data)
	$(BIN)/straatcontact demo --data "$(DATA)" --port $(PORT)

test: set-up-test web-quick ## Set up everything, then lint, types and all tests
	@$(MAKE) --no-print-directory -j2 lint types
	$(BIN)/python -m pytest -m "not soak" -n 2 --durations=30

soak: set-up-test web ## The long versions of tests (kills, power loss, fuzzing)
	$(BIN)/python -m pytest -m soak

simulate: set-up-test ## Whole organisations on a fake network (SEEDS=200 FIRST=1 STATE=file)
	$(BIN)/python -m sync.simulate --seeds $(SEEDS) --first $(FIRST) $(if $(STATE),--state $(STATE))

bench: set-up-test web ## Measure (ONLY=build|core|server|start|desk|rounds), figures in build/bench.json
	$(BIN)/python -m tests.bench --only $(ONLY)

screenshots: set-up-test web ## Every screen, phone and laptop, light and dark, nl and en, in docs/screenshots
	$(BIN)/python -m tests.screenshots

lint: .venv/test-ready ## ruff and import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

types: .venv/test-ready ## mypy --strict
	$(BIN)/mypy

web: .venv/run-ready ## Build the phone app into build/web
	$(BIN)/straatcontact build --out build/web

web-quick: .venv/run-ready # the same app, packed roughly: for this machine alone
	$(BIN)/straatcontact build --out build/web --quick

set-up: .venv/run-ready

set-up-test: .venv/test-ready
	@sh tests/need-browser.sh

.venv/run-ready: requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Missing: Python 3.11 or newer (set PYTHON=)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Missing: Python's venv module (on Debian: apt-get install python3-venv)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/test-ready: .venv/run-ready requirements/test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements/test.txt
	@touch $@

clean: ## Remove everything that can be made again
	rm -rf build .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
