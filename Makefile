# `make demo` runs the main job on an embedded OpenMeter; `make test` passes the tests. Both make their own .venv first.
PYTHON ?= python3
export PIP_NO_CACHE_DIR := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests start many processes: what one compiles is there for the next.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

.PHONY: demo test coverage mutants lint check bench dist tools images reference site venv clean

demo: venv
	@BIN=$(BIN) sh examples/demo.sh

test: venv
	$(BIN)/python -m pytest -n auto --dist worksteal -q

# Which lines the tests run: twice as long for each test, so it is asked for.
coverage: venv
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term -q -m "not slow and not unmeasured"

# Small changes of planner, normalize, kinds and executor, picked by each seed, and which of them no test notices.
SEEDS ?= 1
COUNT ?= 300
mutants: venv
	PYTHONPATH=tests $(BIN)/python -m mutants $(SEEDS) --count $(COUNT) --within "$(WITHIN)"

lint: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test

# What is claimed about speed, as ratios within one run, a quarter of an hour of it, with the README's tables at the end; rivals too, where they can
# be had. PART=many: many environments, which this leaves out.
bench: venv
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[bench]' || echo "no octoDNS: its package cannot be had"
	$(BIN)/python -m benchmarks $(PART)

# The wheel and the sdist, tried in clean environments.
dist: tools
	rm -rf dist
	$(BIN)/python -m build --outdir dist .
	$(BIN)/python -m twine check --strict dist/*
	$(BIN)/python scripts/try_dist.py dist/*

# What checks workflows, hooks and releases; what cannot be had is left out, and the tests that need it say so.
tools: venv
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[tools]'
	@command -v actionlint >/dev/null || test -x $(BIN)/actionlint || GOBIN=$(CURDIR)/$(BIN) go install $(ACTIONLINT) || \
		echo "no actionlint: it needs Go"

# The pages of docs/reference that are drawn from the product.
reference: venv
	$(BIN)/python -m scripts.reference
	$(BIN)/python -m catalogsync.sandbox.emulated docs/tasks/sandbox.md

# The documents as a site: open site/index.html. A link or an anchor that leads nowhere is an error.
site: venv
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[site]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

# The pictures in the documents: the HTML report, drawn by the system's Chromium, and the terminal.
images: venv
	PYTHONPATH=tests $(BIN)/python tests/render/screenshot.py
	PYTHONPATH=tests $(BIN)/python tests/render/terminal_pictures.py

venv: $(STAMP)

# uv where it is there and reaches its packages, pip otherwise; neither leaves a cache outside the checkout.
$(STAMP): pyproject.toml constraints.txt
	@if ! { command -v uv >/dev/null 2>&1 && export UV_CACHE_DIR=.uv-cache && \
		uv venv --quiet --clear --python $(PYTHON) $(VENV) 2>/dev/null && \
		uv pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[dev]' 2>/dev/null; }; then \
		$(PYTHON) -m venv --clear $(VENV) && \
		$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'; \
	fi
	@touch $(STAMP)

clean:
	rm -rf $(VENV) .uv-cache build dist demo site .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
