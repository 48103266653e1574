# Traderoom's commands: `make demo` to try it, `make test` to check it.
# The environment is made anew when pyproject.toml or a lock has changed since; the stamps in .venv remember that.

BIN := .venv/bin
# Wheels alone, since building one from source would fetch what no lock names. `make demo WHEELS=` builds where it must.
WHEELS := --only-binary :all:
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore
# Whatever a person has set for pip elsewhere, the environment holds what the locks name. Indexes and proxies stay.
export PIP_USER := 0
unexport PIP_TARGET PIP_PREFIX PIP_ROOT PIP_PYTHON PIP_DRY_RUN PIP_NO_DEPS PIP_REQUIRE_HASHES PIP_CONSTRAINT
unexport PIP_NO_BINARY PIP_ONLY_BINARY PIP_PRE PIP_IGNORE_INSTALLED PIP_EDITABLE PIP_REQUIREMENT
unexport PYTHONPATH PYTHONHOME

.NOTPARALLEL:
.PHONY: demo test quick check audit bench browser lock compat clean

demo: .venv/installed
	@exec $(BIN)/python main.py

# Side by side: more workers than cores, since many tests wait. Those that mind fractions of a second, and only those, are
# tried again by themselves where they failed beside others.
test: check browser
	@$(BIN)/python -m pytest -n 4 || exec $(BIN)/python -m pytest --lf --lfnf none --by-the-clock

# What needs no browser and no server of its own, within a minute.
SLOW := db/test_absences db/test_clock db/test_concurrency db/test_deadlines db/test_embedded db/test_embedded_alone \
  db/test_embedded_joined db/test_feed db/test_forgotten db/test_lost_jobs db/test_migrations db/test_my_trades \
  db/test_queue db/test_queue_stops db/test_requests db/test_schema db/test_silence db/test_upgrade db/test_warnings \
  proof/test_receipt_pdf proof/test_verification rooms/test_ticker service/test_accounts service/test_passwords \
  service/test_seat service/test_who_may ui/patches/test_element_state ui/patches/test_renaming ui/test_activity \
  ui/test_announcements ui/test_collector ui/test_data ui/test_decision ui/test_downloads ui/test_entrance \
  ui/test_files ui/test_fonts ui/test_hidden_tab ui/test_invitation ui/test_lists ui/test_mail_pages \
  ui/test_middleware ui/test_new_trade ui/test_news ui/test_offer_form ui/test_offers ui/test_pasted_links \
  ui/test_pending_pages ui/test_printout ui/test_private_activity ui/test_search ui/test_unread \
  ui/test_visibility ui/test_workshop
QUICK = tests/domain tests/rooms tests/service tests/proof tests/db tests/ui tests/test_limits_of_files.py \
  tests/test_capacity.py tests/test_settings.py $(patsubst %,--ignore=tests/%.py,$(SLOW))
quick: .venv/installed-dev
	@exec $(BIN)/python -m pytest -n 3 $(QUICK)

check: audit
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# Known vulnerabilities of what is installed. Without a source of such knowledge it says so, and that is no failure.
# `SOURCE=` may name another one, in pip-audit's options.
AUDIT = $(BIN)/../audit
HOLES = import json, sys; [print("Known:", each["name"], each["version"], hole["id"], "fixed in", *hole["fix_versions"]) \
  for each in json.load(sys.stdin)["dependencies"] for hole in each.get("vulns", ())]
audit: .venv/installed-dev
	@rm -f $(AUDIT).json; \
	if $(BIN)/pip-audit --local --skip-editable --progress-spinner off --timeout 5 $(SOURCE) -f json -o $(AUDIT).json \
	  >$(AUDIT).log 2>&1 && grep -q '"vulns"' $(AUDIT).json; then \
	  echo "Audited: no known vulnerability in what is installed."; \
	elif grep -qs '"id"' $(AUDIT).json; then \
	  $(BIN)/python -c '$(HOLES)' <$(AUDIT).json; exit 1; \
	else \
	  echo "NOT audited: no source of known vulnerabilities can be reached from here."; \
	fi

# `make bench SHORT=1` only shows that it works.
bench: .venv/installed-dev
	@exec $(BIN)/python -m tests.bench $(if $(SHORT),--short)

# A Chromium for the browser tests: what is here, else Debian's where we may install it, else Playwright's own. Of
# Debian's the shell without windows too, which most tests take: they need two thirds of the time then.
# Firefox likewise, for the journey in it; without one that test says that it was left out.
INSTALL := DEBIAN_FRONTEND=noninteractive apt-get install -qq -y
browser: .venv/installed-dev
	@lacks() { for name in "$$@"; do if command -v $$name >/dev/null; then return 1; fi; done; }; \
	wanted=; \
	! lacks firefox-esr firefox || wanted="$$wanted firefox-esr"; \
	! lacks chromium chromium-browser google-chrome || wanted="$$wanted chromium"; \
	! lacks chromium-headless-shell || wanted="$$wanted chromium-headless-shell"; \
	if [ -n "$$wanted" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing for the browser tests:$$wanted ..."; \
	  apt-get update -qq; \
	  for name in $$wanted; do $(INSTALL) $$name >/dev/null || echo "There is no $$name to install."; done; \
	fi; \
	if lacks chromium chromium-browser google-chrome; then \
	  $(BIN)/python -m playwright install chromium || { \
	    echo "The browser tests need a Chromium: install one so that 'chromium' is on the PATH."; exit 1; }; \
	fi

# Both locks anew, with the newest versions that pyproject.toml permits, for every Python, system and processor at once.
# The top level has what Traderoom needs; tests/ has that, in the same versions, and what the tests need.
UV := uv>=0.13,<0.14
COMPILE = .venv-lock/bin/uv pip compile -q --universal --python-version 3.11 --only-binary :all: --generate-hashes \
  --no-emit-index-url --custom-compile-command 'make lock' --upgrade --group build
lock:
	@python3 -m venv --clear .venv-lock
	@.venv-lock/bin/python -m pip install -q '$(UV)'
	@$(COMPILE) pyproject.toml -o requirements.lock
	@$(COMPILE) pyproject.toml --extra dev --extra cjk -c requirements.lock -o tests/requirements.lock

# The checks and the tests with the newest versions that pyproject.toml permits, which the locks may not have yet, after
# a word on the newest NiceGUI there is. `-o` keeps the locks' environment out of it.
COMPAT := .venv-compat
compat: .venv/made
	@echo "Installing the newest versions that pyproject.toml permits ..."
	@$(BIN)/python -m venv --clear $(COMPAT)
	@$(COMPAT)/bin/python -m pip install -q --target $(COMPAT)/newest nicegui
	@PYTHONWARNINGS=ignore $(COMPAT)/bin/python -m pip install -q --upgrade --upgrade-strategy eager -e '.[dev,cjk]'
	@PYTHONPATH=$(COMPAT)/newest $(COMPAT)/bin/python -m tests.newest
	@$(MAKE) -o .venv/installed -o .venv/installed-dev BIN=$(COMPAT)/bin test

# The newest Python from 3.11 on that can make one; one that was begun and not finished is made anew.
.venv/made: pyproject.toml requirements.lock tests/requirements.lock
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

# First what the lock names, then Traderoom itself with the lock's setuptools, for which nothing is fetched. Setuptools
# warns that a folder here could hide the package of the same name, which is what an editable install is for.
ITSELF = PYTHONWARNINGS=ignore $(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
.venv/installed: .venv/made
	@echo "Installing what Traderoom needs ..."
	@$(BIN)/python -m pip install -q $(WHEELS) --require-hashes -r requirements.lock
	@$(ITSELF)
	@touch $@

.venv/installed-dev: .venv/made
	@echo "Installing what Traderoom and its tests need ..."
	@$(BIN)/python -m pip install -q $(WHEELS) --require-hashes -r tests/requirements.lock
	@$(ITSELF)
	@touch $@ .venv/installed

clean:
	@rm -rf .venv .venv-* build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
