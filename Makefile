# One word a task. `make run` and `make test` need only Python 3.11 or later and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHONDONTWRITEBYTECODE ?=

.PHONY: run test lint types format messages samples bench prove requirements clean

run: $(VENV)/.run
	@$(BIN)/python -m bot run

test: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -n 3 --dist worksteal -m "not slow"

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Longer proofs: kills at random instants, many seeds, and 25 times the examples. Hours, not minutes.
# What was seen is written into docs/proof.md, and so are the figures of `make bench`.
prove: $(VENV)/.dev
	KEEP_PROOF=1 EFFORT=25 $(BIN)/python -m pytest -q -s -m "slow or promise"
	EFFORT=25 $(BIN)/python -m pytest -q -n 2 -m "hypothesis and not slow and not promise"

# The bot beside its peers, side by side in one run (they live in an environment of their own), and
# what a tick and a message cost beside their limits, one group's book from 100 entries to 1,000,000,
# and the digests of 10,000 groups.
KEPT := PYTHONPATH=.:tests $(BIN)/python benchmarks/kept.py
bench: $(VENV)/.dev .venv-bench/.done
	$(KEPT) answers --python .venv-bench/bin/python
	$(KEPT) wave --python .venv-bench/bin/python
	$(KEPT) ticks
	$(KEPT) sending --python .venv-bench/bin/python
	$(KEPT) book_reads
	$(KEPT) digests

.venv-bench/.done: requirements/run.txt requirements/bench.txt
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@for file in run bench; do .venv-bench/bin/python -m pip install --quiet --disable-pip-version-check \
	  --require-hashes -r requirements/$$file.txt; done
	@touch $@

# Gathers every sentence, brings every catalogue up to date, and checks them.
LOCALES := messages/locales
messages: $(VENV)/.dev
	$(BIN)/pybabel --quiet extract -F pyproject.toml -c "Translators:" --sort-by-file --no-wrap \
	  --add-location=file --omit-header -o $(LOCALES)/bot.pot .
	for language in $$(ls -d $(LOCALES)/*/ | xargs -n1 basename); do \
	  $(BIN)/pybabel --quiet update --no-wrap --no-fuzzy-matching --ignore-obsolete \
	    --ignore-pot-creation-date -i $(LOCALES)/bot.pot -D bot -d $(LOCALES) -l $$language ; done
	$(BIN)/python -m pytest -q tests/messages/test_catalogues.py

# The facts with which `barnraiser preview` shows each message: those of the stories. Some minutes.
samples: $(VENV)/.dev
	rm -rf build/samples
	-SAMPLES_TO=build/samples $(BIN)/python -m pytest -q -n 4 -p recording -m "not slow" tests/stories
	PYTHONPATH=.:tests $(BIN)/python tests/recording.py build/samples

# The virtual environment is made anew only when a requirements file changes.
$(VENV)/.run: requirements/run.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Barnraiser needs (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

requirements: $(VENV)/.dev
	cd requirements && for f in run age dev bench; do ../$(BIN)/pip-compile --quiet --upgrade --generate-hashes \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe -o $$f.txt $$f.in; done

clean:
	rm -rf $(VENV) build dist *.egg-info
