# Traderoom's commands: `make demo` to try it, `make test` to check it.
# The environment is made again only when pyproject.toml has changed since; the stamps in .venv remember that.

BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore

.NOTPARALLEL:
.PHONY: demo test check audit bench browser clean

demo: .venv/installed
	@exec $(BIN)/python main.py

test: check browser
	@exec $(BIN)/python -m pytest

check: audit
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# Known vulnerabilities of what is installed. Without a source of such knowledge it says so, and that is no failure.
AUDIT := .venv/audit
audit: .venv/installed-dev
	@rm -f $(AUDIT).json; \
	if $(BIN)/pip-audit --local --skip-editable --progress-spinner off --timeout 5 -f json -o $(AUDIT).json \
	  >$(AUDIT).log 2>&1 && grep -q '"vulns"' $(AUDIT).json; then \
	  echo "Audited: no known vulnerability in what is installed."; \
	elif grep -qs '"id"' $(AUDIT).json; then \
	  cat $(AUDIT).log; exit 1; \
	else \
	  echo "NOT audited: no source of known vulnerabilities can be reached from here."; \
	fi

bench: .venv/installed-dev
	@exec $(BIN)/python -m tests.bench

# A Chromium for the browser tests: one that is here, else Debian's where we may install it, else Playwright's own.
browser: .venv/installed-dev
	@for name in chromium chromium-browser google-chrome; do \
	  if command -v $$name >/dev/null; then exit 0; fi; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Chromium for the browser tests ..."; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium >/dev/null && exit 0; \
	fi; \
	$(BIN)/python -m playwright install chromium || { \
	  echo "The browser tests need a Chromium: install one so that 'chromium' is on the PATH."; exit 1; }

# The newest Python from 3.11 on that can make one; one that was begun and not finished is made anew.
.venv/made:
	@python=; incapable=; \
	for name in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	  $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  if $$name -c 'import ensurepip, venv' 2>/dev/null; then python=$$name; break; fi; \
	  incapable=$$name; \
	done; \
	if [ -n "$$python" ]; then \
	  echo "Making the environment with $$($$python --version) ..."; \
	  $$python -m venv --clear .venv && touch $@; \
	elif [ -n "$$incapable" ]; then \
	  echo "$$incapable cannot make virtual environments; on Debian: apt-get install python3-venv"; exit 1; \
	else \
	  echo "Traderoom needs Python 3.11 or newer, and there is none on the PATH."; exit 1; \
	fi

.venv/installed: pyproject.toml .venv/made
	@echo "Installing what Traderoom needs ..."
	@$(BIN)/python -m pip install -q -e .
	@touch $@

.venv/installed-dev: pyproject.toml .venv/made
	@echo "Installing what Traderoom and its tests need ..."
	@$(BIN)/python -m pip install -q -e '.[dev]'
	@touch $@ .venv/installed

clean:
	@rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
