# Every command works on a machine that has only Python 3.11 or newer, make and a compiler: `setup` builds the rest.
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
STAMP := .venv/setup-is-done
ARGS ?=

.PHONY: help setup demo up test simulate check lock bench-rules bench-sourcing bench-pipeline bench-reservations bench-replay chaos clean

help: ## what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

setup: $(STAMP) ## the environment in .venv, exactly as locked; quick when nothing changed

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name yours with: make PYTHON=/path/to/python3" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: setup ## the whole product on sample orders; ARGS=--exit ends when the books agree
	$(BIN)/orderflow demo $(ARGS)

up: setup ## everything on this machine until Ctrl-C
	$(BIN)/orderflow up $(ARGS)

test: setup ## all tests
	$(BIN)/python -m pytest $(ARGS)

simulate: setup ## 20,000 schedules of crashes, pauses and bad answers; ARGS='--replay NAME' shows one, --mutants breaks the product
	PYTHONPATH=.:tests $(BIN)/python -m simulation $(ARGS)

check: setup ## lint, format, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/ty check
	$(BIN)/lint-imports

lock: setup ## resolve the dependencies anew, with hashes and without addresses
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade --quiet \
		--generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links --no-header --no-annotate --output-file requirements.lock

bench-rules: setup ## rules beside zen-engine, growth with their number, agreement with the plain reading
	$(BIN)/python -m benchmarks.rules $(ARGS)

bench-sourcing: setup ## cost of sourcing beside its peers and a clairvoyant's bound, and its speed
	$(BIN)/python -m benchmarks.sourcing $(ARGS)

bench-pipeline: setup ## orders per second through the real flows, latency, memory, idle CPU
	$(BIN)/python -m benchmarks.pipeline $(ARGS)

bench-reservations: setup ## 16 writers race for scarce stock; the batch statement beside executemany and the ORM
	$(BIN)/python -m benchmarks.reservations $(ARGS)

bench-replay: setup ## 5,000 recorded decisions made again, and what their records cost
	$(BIN)/python -m benchmarks.replay $(ARGS)

chaos: setup ## 10,000 orders and 100 kills against misbehaving services, then everybody's books; ARGS adds options
	$(BIN)/orderflow chaos --orders 10000 --kills 100 --seed 7 --json $(ARGS)

clean: ## remove the environment and the caches, never the data
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache build *.egg-info
