# Two commands do most: "make run" and "make test". "make help" lists the rest.

GO      ?= go
TAGS    := netgo,osusergo
OUT     := out
# How long each fuzz target runs; those of LONGFUZZ (the configuration language
# and HTTP/1, which read what strangers wrote) run LONGTIME.
FUZZTIME ?= 1s
LONGTIME ?= 5s
LONGFUZZ ?= core/config/syntax edge/wire/http1
# Unit tests live beside the code; test/ holds those of the whole program.
UNIT     = $$($(GO) list -tags $(TAGS) ./... | grep -v /test/)
TALLY   := $(OUT)/tally
# Each step adds its figures here; check begins a new file.
COUNTS  ?= $(OUT)/counts.$@
AS_ROOT := $(if $(filter 0,$(shell id -u)), user root;)

export CGO_ENABLED = 1

.PHONY: help run build web gen test unit race script house oracle compat fuzz bench lint kernel soak check clean tally
.DEFAULT_GOAL := help

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

run: build ## build, start examples/start on port 8080, its Admin API on 8001
	@mkdir -p examples/start/logs
	@[ -e examples/start/data/gateway.db ] || bin/moongate gateway sync -store bolt:examples/start/data/gateway.db examples/start/gateway.yaml >/dev/null
	@cat examples/start/addresses.txt
	@exec bin/nginx -p examples/start/ -c nginx.conf -e logs/error.log -g 'daemon off;$(AS_ROOT)'

build: ## bin/moongate, and nginx, openresty, keepalived as links to it
	@scripts/ensure build
	@mkdir -p bin
	$(GO) build -tags $(TAGS) -trimpath -o bin/moongate ./cmd/moongate
	@for name in nginx openresty keepalived; do ln -sf moongate bin/$$name; done

web: ## the dashboard, from web/src into web/dist (Node 20.19 or newer, npm)
	cd web && npm ci --no-audit --no-fund && npm test && npm run build

gen: ## the programs for the kernel, from edge/sys/bpf/c (Debian: clang-14, llvm-14, libbpf-dev)
	$(GO) generate ./edge/sys/bpf

test: build tally ## install what tests need; run all of them: unit, house, scripts, compat
	@scripts/ensure test
	@$(GO) test -json -tags $(TAGS) ./... | $(TALLY) -add $(COUNTS)
	@cd test/otlp && MOONGATE_BIN=$(CURDIR)/bin/moongate $(GO) test -json -count=1 ./... | $(CURDIR)/$(TALLY) -add $(abspath $(COUNTS))

unit: tally ## only the tests beside the code
	@$(GO) test -json -tags $(TAGS) $(UNIT) | $(TALLY) -add $(COUNTS)

race: build tally ## unit tests and scripts with the race detector
	@$(GO) test -json -race -tags $(TAGS) $(UNIT) | $(TALLY) -add $(COUNTS)
	@RACE=1 $(GO) test -json -count=1 ./test/script | $(TALLY) -add $(COUNTS)

script: build tally ## the scripts in test/script (WORKERS=n for n workers; ONE=proxy/pass for one)
	@$(GO) test -json -count=1 ./test/script $(if $(ONE),-run 'TestScripts/$(ONE)$$') | $(TALLY) -add $(COUNTS)

house: tally ## the rules of the repository
	@$(GO) test -json -count=1 ./test/house | $(TALLY) -add $(COUNTS)

oracle: tally ## the same scripts on the nginx of this machine, keepalived.conf on its keepalived: are the tests right?
	@scripts/ensure oracle
	@ORACLE=nginx $(GO) test -json -count=1 ./test/script $(if $(ONE),-run 'TestScripts/$(ONE)$$') | $(TALLY) -add $(COUNTS)
	@$(if $(ONE),:,ORACLE=keepalived $(GO) test -json -count=1 -tags $(TAGS) ./keepalived/config -run Oracle | $(TALLY) -add $(COUNTS))

compat: build ## nginx's own test suites, where MOONGATE_CONFORMANCE names their runner
	@$(GO) test -count=1 -v -timeout 0 ./test/compat

fuzz: tally ## every fuzz target, found by itself; FUZZTIME and LONGTIME set how long
	@$(GO) run ./tools/fuzz -time $(FUZZTIME) -long $(LONGTIME) $(addprefix -longpkg ,$(LONGFUZZ)) | $(TALLY) -add $(COUNTS)

bench: build ## beside nginx, where MOONGATE_BENCH names the comparison; Go benchmarks of the hot paths
	@test/bench/run bin/moongate

lint: tally ## gofmt, go vet, staticcheck
	@$(TALLY) -add $(COUNTS) -step gofmt -- sh -c 'l=$$(gofmt -l $$(git ls-files --cached --others --exclude-standard "*.go")); [ -z "$$l" ] || { echo "gofmt would change:"; echo "$$l"; exit 1; }'
	@$(TALLY) -add $(COUNTS) -step vet -- $(GO) vet -tags $(TAGS) ./...
	@$(TALLY) -add $(COUNTS) -step staticcheck -- $(GO) tool staticcheck -tags $(TAGS) ./...

kernel: build ## on another kernel, emulated, that has IPVS, ipvlan and VRF: the data plane, and what ours and keepalived tell it
	@scripts/ensure kernel
	@mkdir -p $(OUT) && $(GO) test -c -tags $(TAGS) -o $(OUT)/lvs.test ./test/netns/lvs
	@SECONDS_AT_MOST=1500 test/kernel/run sh -c 'modprobe -a tun ip_vs && $(OUT)/lvs.test -test.v -test.run "/^ipvs$$"'
	@test/kernel/run test/kernel/beside bin/keepalived test/kernel/*.conf

soak: build tally ## the scripts again and again: SOAK=20 rounds, random order; all cases of the core rule set; a flood of adverts; then hours of fuzzing
	@CRS=all $(GO) test -json -count=1 -tags $(TAGS) -run TestCoreRuleSet ./gateway/plugin/firewall | $(TALLY) -add $(COUNTS)
	@FLOOD=100000 $(GO) test -json -count=1 -tags $(TAGS) ./test/netns/flood | $(TALLY) -add $(COUNTS)
	@$(GO) test -json -count=$(or $(SOAK),20) -shuffle=on -timeout 0 ./test/script | $(TALLY) -add $(COUNTS)
	@$(GO) run ./tools/fuzz -time 1m -long 10m -budget 3h $(addprefix -longpkg ,$(LONGFUZZ)) | $(TALLY) -add $(COUNTS)

check: ## what CI runs: lint, test, race, fuzz
	@rm -rf $(OUT) && mkdir -p $(OUT)
	@scripts/ensure build
	@status=0; for step in lint test race fuzz; do \
	  echo "== $$step"; $(MAKE) --no-print-directory $$step COUNTS=$(OUT)/counts || status=1; \
	done; $(TALLY) -sum $(OUT)/counts || status=1; exit $$status

tally:
	@mkdir -p $(OUT)
	@$(GO) build -o $(TALLY) ./tools/tally

clean: ## remove what was built
	rm -rf bin $(OUT)
