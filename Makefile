# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test build lint format bench release soak fuzz sanitize clean packages-% swift

PYTHON := .build-python
SWIFT_SOURCES := Sources Tests Benchmarks Fuzzing Package.swift

# Arguments of `make demo`, for example DEMO="--agents 50".
DEMO ?=
# Seconds after which the Swift tests are ended.
TEST_TIMEOUT ?= 1200
# Seconds for each fuzz target of `make fuzz`.
FUZZ_SECONDS ?= 600

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# A debug build: from nothing it is done in half the time of a release build, and `make test` uses the same objects.
demo: packages-build swift ## simulator and relay on this machine; prints the address of the status page
	swift build --product presence-relay
	@exec "$$(swift build --show-bin-path)/presence-relay" demo $(DEMO)

test: packages-build packages-test swift $(PYTHON)/stamp ## all tests: Swift, Genesys SDK against the simulator, OpenAPI
	swift build --build-tests
	@TEST_TIMEOUT=$(TEST_TIMEOUT) scripts/test.sh

build: packages-build swift ## debug build
	swift build

lint: packages-lint swift $(PYTHON)/stamp ## formatting, shell, YAML, OpenAPI, systemd unit, links, stray files
	@scripts/lint.sh

format: swift ## rewrite the Swift sources in the committed format
	@find $(SWIFT_SOURCES) -name '.build*' -prune -o -name '*.swift' -print0 | xargs -0 swift format format -i -p

bench: packages-build packages-bench swift ## benchmarks against Hummingbird, SQLite and the disk (about 25 minutes)
	@Benchmarks/run.sh

release: packages-build swift ## optimised build with the Swift libraries inside the binary
	@scripts/release.sh

soak: packages-build packages-test swift ## the crash and load tests in their long form
	swift build --build-tests
	@scripts/soak.sh

fuzz: packages-build packages-test swift ## libFuzzer against what strangers send, FUZZ_SECONDS (600) for each target
	@scripts/fuzz.sh $(FUZZ_SECONDS)

sanitize: packages-build packages-test swift ## the Swift tests with ThreadSanitizer, then with AddressSanitizer
	@scripts/sanitize.sh thread
	@scripts/sanitize.sh address

clean: ## remove all that was built
	rm -rf .build .build-thread .build-address $(PYTHON) dist Benchmarks/.build Benchmarks/HummingbirdPeer/.build Fuzzing/.build

packages-%:
	@scripts/install-packages.sh $*

swift:
	@scripts/check-swift.sh

# Python tools of the tests, apart from the system's.
$(PYTHON)/stamp: scripts/requirements.txt | packages-python
	@python3 -m venv $(PYTHON)
	@$(PYTHON)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@
