# Everything a person or a machine does with this tree. `make` alone lists it.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
# Scripts in bin/ carry the path that the tree had when they were installed. So tools are started through python,
# and the stamps' names carry the path: a copied tree installs itself again instead of running the other one's code.
PLACE := $(shell printf %s '$(CURDIR)' | cksum | cut -d' ' -f1)
RUN_STAMP := $(VENV)/.run-$(PLACE)
DEV_STAMP := $(VENV)/.dev-$(PLACE)
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-input
# Interlock itself is installed last, from this folder: the build backend comes out of a lock like the rest.
INSTALL_SELF := $(PIP) --no-deps --no-build-isolation --editable .
LOCK := uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet pyproject.toml

.PHONY: help demo test faults check format bench screenshots messages lock clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | \
		while IFS="$$(printf '\t')" read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

demo: $(RUN_STAMP) ## a whole factory on this machine (DEMO_PORT=8800, DEMO_DATA=folder)
	@exec $(VENV)/bin/interlock demo $(if $(DEMO_PORT),--port '$(DEMO_PORT)') $(if $(DEMO_DATA),--data '$(DEMO_DATA)')

test: $(DEV_STAMP) ## every test, in parallel and in random order (TESTS='tests/rules -k buffer')
	@$(PY) -m tests.provision chromium mosquitto mqttjs zpljs axe
	@$(PY) -m pytest -n auto --dist worksteal --durations=5 $(TESTS)

faults: $(DEV_STAMP) ## all fault tests and whatever else is long: power cuts, kills, a day of demo (TESTS='-k disk')
	@$(PY) -m tests.provision chromium mosquitto mqttjs
	@$(PY) -m pytest -n auto --dist worksteal --durations=5 --faults $(TESTS)

# Each check is named, and all of them run even when one fails.
check: $(DEV_STAMP) ## form, lint, types and layers
	@failed=; \
	run() { name=$$1; shift; printf '== %s\n' "$$name"; "$$@" || failed="$$failed $$name,"; }; \
	run 'ruff format' $(PY) -m ruff format --check .; \
	run 'ruff check' $(PY) -m ruff check .; \
	run 'mypy' $(PY) -m mypy; \
	run 'lint-imports' $(PY) $(VENV)/bin/lint-imports --no-logo; \
	if [ -n "$$failed" ]; then echo "== failed:$${failed%,}"; exit 1; fi; echo '== all four pass'

format: $(DEV_STAMP) ## let the formatter and the safe fixes write
	@$(PY) -m ruff check --fix --exit-zero --quiet .
	@$(PY) -m ruff format .

bench: $(DEV_STAMP) ## measure scans, pages and plans on this machine
	@$(PY) -m tests.bench

screenshots: $(DEV_STAMP) ## take the pictures of the README again
	@$(PY) -m tests.provision chromium fonts
	@$(PY) -m tests.screenshots

messages: $(DEV_STAMP) ## bring the catalogues of all languages up to the code, and name what is to be translated
	@$(PY) -m tests.messages

lock: ## write requirements/ again from pyproject.toml (LOCK_ARGS=--upgrade for newer versions)
	@command -v uv >/dev/null || { echo 'make lock needs uv: python3 -m pip install uv'; exit 1; }
	@$(LOCK) $(LOCK_ARGS) --group dev --output-file requirements/dev.txt >/dev/null
	@$(LOCK) --constraints requirements/dev.txt --output-file requirements/run.txt >/dev/null
	@$(subst pyproject.toml,,$(LOCK)) --group build --constraints requirements/dev.txt --output-file requirements/build.txt >/dev/null

clean: ## take away the environment and everything made
	rm -rf $(VENV) build demo-site *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN_STAMP): requirements/run.txt requirements/build.txt pyproject.toml | $(PY)
	@echo 'Installing what Interlock runs on into $(VENV) (once, about half a minute) ...'
	@$(PIP) --require-hashes -r requirements/run.txt -r requirements/build.txt
	@$(INSTALL_SELF)
	@touch $@

$(DEV_STAMP): requirements/dev.txt pyproject.toml | $(PY)
	@echo 'Installing what Interlock is tested with into $(VENV) (once, about a minute) ...'
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(INSTALL_SELF)
	@touch $@

# Debian splits venv off from python3, so having Python is not enough: ensurepip tells.
$(PY):
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
		if "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			"$$python" -m venv --clear $(VENV) && exit 0; rm -rf $(VENV); \
		fi; \
	done; \
	echo 'No Python 3.11 or newer with its venv module was found: install one (Debian: apt-get install python3 python3-venv).' >&2; \
	exit 1
