# Viva Voce: every command that people and machines rely on. `make` alone lists them.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000

.PHONY: help setup setup-dev demo serve test lint bench clean
help:  ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

.venv/.uv: 
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet uv==0.13.9
	@touch $@

.venv/.synced: .venv/.uv pyproject.toml uv.lock
	$(BIN)/uv sync --frozen --inexact --quiet
	@touch $@

setup: .venv/.synced  ## virtual environment with viva in it, front-end files

lint: setup-dev  ## ruff, mypy, import-linter, djlint, translations complete
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
