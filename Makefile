# Everything a person does here. `make up` on a fresh clone needs Python 3.11 or newer, and a network the first time.

PYTHON ?= python3
BIN := .venv/bin
WIDGET := services/widget_gateway/widget
WEB := services/console/web
sources = $(shell find $(1) contracts/schema -name node_modules -prune -o -type f -print 2>/dev/null)
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --custom-compile-command "make lock" --quiet --upgrade
BUILT := $(foreach part,$(WIDGET) $(WEB),$(if $(wildcard $(part)/package.json),$(dir $(part))static/.built))

.PHONY: up test chaos check formatted linted imported generated typed web format lock clean
.DEFAULT_GOAL := up

## Start everything on this machine; Ctrl-C stops it. ARGS="--gateway-port 8090" passes flags on.
up: .venv/.ready $(BUILT)
	@exec $(BIN)/frontdesk up $(ARGS)

## Run the tests; ARGS="tests/engine -k wait" picks some. Most of them wait for servers, so three run at a time.
test: .venv/.ready $(BUILT)
	$(BIN)/python -m pytest --numprocesses=3 --dist=loadfile --no-loadscope-reorder $(ARGS)

## Hurt the whole system under load, and compare what was promised; ARGS="--minutes 60 --visitors 40" for longer.
chaos: .venv/.ready $(BUILT)
	@$(BIN)/python -m tests.chaos $(ARGS)

## What CI checks besides the tests; `make --keep-going check` goes on after a failure.
check: formatted linted imported generated typed web

formatted: .venv/.ready
	$(BIN)/ruff format --check --quiet .

linted: .venv/.ready
	$(BIN)/ruff check --quiet .

imported: .venv/.ready
	$(BIN)/lint-imports --no-logo

generated: .venv/.ready
	$(BIN)/python -m services.cli.schemas --check

typed: .venv/.ready
	$(BIN)/pyright --pythonpath $(BIN)/python

web: .venv/.ready
	$(BIN)/python hatch_build.py --check

## Format, and write every generated file anew.
format: .venv/.ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m services.cli.schemas

## Pin the newest versions of all dependencies, with hashes.
lock:
	$(LOCK) --group dev -o requirements.txt
	$(LOCK) -c requirements.txt -o requirements-run.txt

## Remove what was built and installed; the data folder stays.
clean:
	rm -rf .venv dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	rm -rf $(foreach part,$(WIDGET) $(WEB),$(part)/node_modules $(dir $(part))static)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.ready: requirements.txt pyproject.toml hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Frontdesk needs Python 3.11 or newer; name one: make up PYTHON=python3.13" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

services/widget_gateway/static/.built: $(call sources,$(WIDGET)) | .venv/.ready
	$(BIN)/python hatch_build.py $(WIDGET)

services/console/static/.built: $(call sources,$(WEB)) | .venv/.ready
	$(BIN)/python hatch_build.py $(WEB)
