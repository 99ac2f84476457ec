# What a person types. `make` alone lists it. Everything a target installs lands in this folder (bin, .cache,
# web/node_modules), but for the Debian packages that tests need, which scripts/needs.sh asks for by name.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# A demo of two years of a café with three branches: large enough for intervals that say something.
DEMO_CUSTOMERS ?= 3000
DEMO_SEED ?= 7
FUZZTIME ?= 30s
BENCH ?=

WEB_SOURCES := $(wildcard web/src/*.js) web/build.mjs
WEB_MODULES := web/node_modules/.package-lock.json

.PHONY: help build demo test lint bench evaluate fuzz licenses clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: web/dist/charts.js ## build bin/regulars, with the charts bundled in
	@scripts/needs.sh build
	go build -o bin/regulars .

$(WEB_MODULES): web/package.json web/package-lock.json web/.npmrc
	@scripts/needs.sh web
	npm --prefix web ci --no-progress
	@touch $@

web/dist/charts.js: $(WEB_SOURCES) $(WEB_MODULES)
	npm --prefix web run --silent build
	@touch $@

demo: build ## make a sample business in demo/ and show its loyalty picture
	@scripts/demo.sh $(DEMO_CUSTOMERS) $(DEMO_SEED)

test: web/dist/charts.js ## install what the tests need, where that is allowed, and run all of them
	@scripts/needs.sh test
	@scripts/test.sh

lint: ## check style, mistakes, formatting and known vulnerabilities
	@scripts/needs.sh build
	@scripts/lint.sh

bench: web/dist/charts.js ## measure speed and memory beside hand-written SQL (BENCH="-full" for ten million orders)
	@scripts/needs.sh build
	go run ./bench $(BENCH)

evaluate: ## run the tasks with published figures on real data, and print what is reached beside them
	@scripts/needs.sh build
	@scripts/evaluate.sh

fuzz: ## let every fuzz test look for crashes, FUZZTIME each (default 30s)
	@scripts/needs.sh build
	@scripts/fuzz.sh $(FUZZTIME)

licenses: $(WEB_MODULES) ## write docs/licenses.md: everything in the program and its licence
	@mkdir -p bin
	go run ./internal/arch/licenses -texts > bin/licenses.txt
	go run ./internal/arch/licenses > bin/licenses.md
	@mv bin/licenses.md docs/licenses.md
	@echo "wrote docs/licenses.md and bin/licenses.txt"

clean: ## remove everything that was built
	rm -rf bin demo .cache web/node_modules web/dist/*.js
