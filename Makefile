# The commands of the README. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

# Debian's interpreter, whatever python3 comes first on PATH: its packages are the ones that are installed.
PYTHON := /usr/bin/python3
# Two compilers at a time keep a laptop with 8 GB out of swap; raise it with `make build JOBS=8`.
JOBS ?= 2
# How long `make fuzz SECONDS=600` runs each of its targets.
SECONDS := 60
# How many items the large table of `make bench ITEMS=10000000` gets.
ITEMS ?= 1000000
PYTEST := $(PYTHON) -B -m pytest -c tests/pytest.ini -p no:cacheprovider
SOURCES = $(shell git ls-files '*.cpp' '*.h')

.PHONY: help demo test build bench asan tsan fuzz format lint install readme clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## Install what is missing, build, and walk the sample application with real requests
	@$(PYTHON) -B fixtures/users/demo.py --binary build/release/fractus

test: install build/release/build.ninja ## Install what is missing, build and run every test: unit, lint, conformance, end to end
	@tests/tools/install.sh test
	@ninja -C build/release -j$(JOBS)
	@$(PYTHON) -B tests/tools/run_all.py --build build/release --jobs $(JOBS)

build: install build/release/build.ninja ## Build build/release/fractus
	@ninja -C build/release -j$(JOBS) fractus

bench: build ## Measure against dynalite and nginx, and print a table of medians and ratios
	@tests/tools/install.sh bench
	@$(PYTHON) -B tests/bench/bench.py --binary build/release/fractus --items $(ITEMS)

asan: install build/asan/build.ninja ## Build with address and undefined-behaviour sanitizers and run the unit tests
	@ninja -C build/asan -j$(JOBS)
	@ctest --test-dir build/asan --output-on-failure

tsan: install build/tsan/build.ninja ## Build with the thread sanitizer and run the unit tests
	@ninja -C build/tsan -j$(JOBS)
	@ctest --test-dir build/tsan --output-on-failure

fuzz: ## Feed the parsers with mutated input, each for SECONDS=60
	@tests/tools/install.sh fuzz
	@cmake --preset fuzz > /dev/null || cmake --preset fuzz
	@ninja -C build/fuzz -j$(JOBS) fuzz
	@tests/fuzz/run.sh build/fuzz $(SECONDS)

format: ## Format the C++ sources in place
	@clang-format -i $(SOURCES)

lint: ## Run the lints only
	@$(PYTEST) -q tests/lint

readme: ## Renew the lists of the README from the sources
	@$(PYTHON) -B tests/tools/readme.py --write README.md

clean: ## Remove everything that was built
	@rm -rf build

install:
	@tests/tools/install.sh build

build/%/build.ninja: CMakePresets.json | install
	@cmake --preset $* > /dev/null || cmake --preset $*
