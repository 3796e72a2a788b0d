# `make` alone lists the targets. Everything they need is installed below this folder and in your cache directory.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV_VERSION := 0.13.9
UV := .uv/bin/uv
# The control plane is built with Go: where PATH has none that is new enough, PyPI's is installed.
GO := $(shell go version 2>/dev/null | grep -Eo 'go1\.(2[6-9]|[3-9][0-9])')
EXTRAS := --extra gcp --extra aws --extra rehearsal --extra policy $(if $(GO),,--extra go)
RUN := $(UV) run --no-sync
STACK ?= prod

# Where bytecode is not kept, as images often have it, every start compiles the cloud SDKs anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup rehearse test test-all test-fast check generate fix bench

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "python 3.11 or newer is needed, got %s; set PYTHON=" % sys.version.split()[0])'
	@echo "uv: installing $(UV_VERSION) into .uv"
	@$(PYTHON) -m venv .uv && .uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.synced: $(UV) uv.lock pyproject.toml
	@echo "dependencies: installing what uv.lock pins into .venv"
	@$(UV) sync --quiet --locked --python $(PYTHON) $(EXTRAS)
	@touch $@

setup: .venv/.synced ## the virtual environment with the locked dependencies

rehearse: setup ## run a stack against a real control plane with simulated GPU nodes: make rehearse STACK=prod
	@$(RUN) gpuplane rehearse --stack $(STACK)

test: setup ## unit tests, stacks and commands against a control plane, parity, and the engine's where pulumi is on PATH
	@$(RUN) pytest -n 2 -m "not cluster and not engine"
	@$(RUN) pytest -m "(cluster or engine) and not slow"

test-all: setup ## every test there is: scenarios, pools of every kind and all machine types as well, half an hour
	@$(RUN) pytest

test-fast: setup ## the unit tests that start no other process: a minute, no network
	@$(RUN) pytest -n 2 -m "not cluster and not engine and not processes"

check: setup ## what CI runs: format, lint, types, layers
	@$(RUN) ruff format --check
	@$(RUN) ruff check
	@$(RUN) pyright
	@$(RUN) lint-imports

generate: setup ## rewrite what is generated from the argument models: typed dictionaries, the stub and the schemas
	@$(RUN) python -W ignore scripts/generate.py
	@$(RUN) gpuplane schema

fix: setup generate ## format, and fix what the linter can
	@$(RUN) ruff format
	@$(RUN) ruff check --fix

bench: setup ## how long a rehearsal takes on this machine
	@$(RUN) python benchmarks/rehearsal.py
