# make lab-up    bring a lab up, configure it and prove it        LAB=two-vpns
# make verify    prove it again      make status    what is up     make doctor   what this machine has
# make lab-down  take it down        make test      all tests      make check    lint, types, fast tests
# make test-all  all tests on all FRR versions, runtimes and timers (hours)
# make record    keep what every lab's nodes say, for the tests that replay it (an hour)
# make image     the nodes' container image, into this machine's Docker, for containerlab      IMAGE=l3vpn-node
LAB ?= two-vpns
IMAGE ?= l3vpn-node
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help lab-up lab-down verify status doctor image test test-root test-all check record bench lock clean
help:
	@sed -n '/^# /!q; s/^# //p' Makefile

lab-up: .venv/ready
	@$(BIN)/l3vpn up $(LAB)

lab-down: .venv/ready
	@$(BIN)/l3vpn down $(LAB)

verify: .venv/ready
	@$(BIN)/l3vpn verify $(LAB)

status: .venv/ready
	@$(BIN)/l3vpn status

doctor: .venv/ready
	@$(BIN)/l3vpn doctor

image: .venv/ready
	@$(BIN)/python -m orchestrator.hosts.container_image $(IMAGE)

# Some tests wait for something, so that there is work for one more than there are processors.
FAST := -q --ignore tests/live -n $(shell expr $$(nproc) + 1)

check: .venv/ready-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest $(FAST) -m "not thorough"

# A test file has its lab to itself. Labs wait too, for timers; each takes up to 1 GB of memory.
LIVE := -v -n $(shell n=$$(nproc); expr \( $$n + 1 \) \& \( $$n \< 4 \) \| 4) --dist loadfile --durations=20

test: check
	$(BIN)/pytest $(FAST) -m "hypothesis or thorough" --hypothesis-profile=full
	$(BIN)/pytest $(LIVE) -m "live and not slow"

# What differs for root, who needs no user namespace, once an ordinary user has shown the rest.
test-root: .venv/ready-dev
	$(BIN)/pytest $(LIVE) tests/live/hosts tests/unit/verification/test_probes.py

test-all: check
	$(BIN)/pytest $(LIVE) -m live
	.ci/run trixie

# What the nodes of every lab say, kept for tests that replay it; LABS="two-vpns ospf" records these anew.
record: .venv/ready-dev
	$(BIN)/python -m tests.record $(LABS)

# How long a lab takes, or labs of growing size: SCALE="8 16 32 64" (into docs/performance.md).
bench: .venv/ready-dev
	$(BIN)/python -m tests.$(if $(SCALE),scale_benchmark $(SCALE),benchmark $(LAB))

# The exact versions that are tested; made anew from pyproject.toml.
lock: .venv/ready-dev
	$(BIN)/uv pip compile -q --universal --no-emit-index-url --no-emit-find-links --no-header \
	    --extra pytest pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --no-emit-index-url --no-emit-find-links --no-header \
	    --extra pytest --group dev pyproject.toml -o requirements-dev.lock

# Files of a node tree belong to the users that a user's own range of ids has.
clean:
	rm -rf .test-cache 2>/dev/null || unshare --user --map-auto --map-root-user rm -rf .test-cache
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "Python 3.11 or newer is needed and '$(PYTHON)' is not: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m orchestrator.hosts.first_look
	@echo "setting up .venv (once, about half a minute)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/ready: requirements.lock pyproject.toml | .venv/bin/python
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@$(BIN)/python -m compileall -q orchestrator parsers eigrp
	@touch $@

.venv/ready-dev: requirements-dev.lock .venv/ready
	@echo "adding what the tests need"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-dev.lock
	@touch $@
