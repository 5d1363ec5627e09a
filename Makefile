# One line a target; each sets up what it needs first, which is instant from the second time on.
.DEFAULT_GOAL := help
.PHONY: help setup setup-pull run check test test-bi dev docs metrics mutation faults corruption bench lint clean

bin := .venv/bin
runtime := .venv/.runtime
tools := .venv/.dev
others := .venv/.bi
by_file := -n 2 --dist loadfile --no-loadscope-reorder
lint_dbt := DBT_TARGET_PATH=.test_data/lint/target DBT_LOG_PATH=.test_data/lint/logs

run: $(runtime)  ## land (demo data when the inbox is empty), build, gate, publish, print the headlines
	@$(bin)/pilotage run

check: $(tools)  ## style of what changed, and the tests and tables that it reaches: under a minute
	@$(bin)/python -m tests.check

test: $(tools)  ## every test: pytest, which builds small worlds and runs dbt's own tests on them
	@$(bin)/pytest $(by_file)

test-bi: $(tools) $(others)  ## Superset and datacontract-cli on a small edition: what they show, against the edition's figures
	@$(bin)/python -m tests.bi

dev: $(runtime)  ## Dagster's interface on this machine only
	@$(bin)/pilotage dev

metrics: $(runtime)  ## the semantic layer's YAML, written from the KPI registry
	@$(bin)/python -m orchestration.registry.semantic_layer

docs: $(runtime)  ## the stewards' catalogue: one HTML file with definitions, owners and lineage, to which the portal leads
	@$(bin)/pilotage init && $(bin)/python -m orchestration.site.reference

mutation: $(tools)  ## small wrongs done to the KPIs' SQL, and whether a test notices; goes on where it was stopped
	@$(bin)/python -m tests.mutation

faults: $(tools)  ## attempts to get round the gate, with and without a signing key; commands killed at every step
	@$(bin)/python -m tests.faults bypass && $(bin)/python -m tests.faults kills

corruption: $(tools)  ## corrupt batches, and how many arrival checks find; clean ones, and how many they complain of
	@$(bin)/python -m tests.corruption

bench: $(tools)  ## timed runs on scaled data
	@$(bin)/python -m benchmarks

lint: $(tools)  ## style of Python, SQL and YAML, and types of Python
	@$(bin)/ruff check && $(bin)/ruff format --check && $(bin)/mypy && $(bin)/yamllint --strict . && $(lint_dbt) $(bin)/sqlfluff lint models tests

clean: $(runtime)  ## remove build files and artifacts; landed files and editions stay
	@$(bin)/pilotage clean --yes && rm -rf target logs .test_data .ruff_cache

setup: $(tools)  ## the virtual environment with everything, and nothing else

setup-pull:  ## what `pilotage pull` needs beside the rest
	@.ci/setup pull

help:  ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

$(runtime): requirements.txt requirements-setup.txt pyproject.toml .ci/setup
	@.ci/setup runtime

$(tools): requirements-dev.txt requirements-setup.txt pyproject.toml .ci/setup
	@.ci/setup dev

$(others): requirements-bi.txt requirements-setup.txt .ci/setup | $(tools)
	@.ci/setup bi
