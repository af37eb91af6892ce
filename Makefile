# make run     build and serve, with no configuration
# make test    all tests
# make check   everything that CI holds: format, vet, lint, tests, tidy, vulnerabilities
# make bench   what requests and starts cost, beside a plain net/http handler
# make bench-scale   the same among a million tasks and ten thousand tenants
GO ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null)

# The race detector needs a C compiler; without one the tests still run.
RACE := $(if $(filter 1,$(shell $(GO) env CGO_ENABLED)),-race)

# Tools are pinned here and are not in go.mod.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.8.0

# The program behind make bench: for Linux only, and outside of ./... like all of
# testdata.
BENCH_PACKAGE := $(if $(filter linux,$(shell $(GO) env GOOS)),./testdata/bench)

.PHONY: run build test test-bench check format vet lint tidy vuln generate fuzz bench bench-scale clean

run: build
	./bin/vendorsim serve

# Without C: nothing is linked at the start, and the binary runs on any Linux.
build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X github.com/vendorsim/vendorsim/simulators.version=$(VERSION)' -o bin/vendorsim ./cmd/vendorsim

test:
	$(GO) test $(RACE) -shuffle=on -count=1 -timeout 30m ./...

# What makes bench trustworthy, held to servers whose answers are known.
test-bench:
	$(if $(BENCH_PACKAGE),$(GO) test -count=1 $(BENCH_PACKAGE))

check: format vet lint tidy test test-bench vuln

format:
	@out=$$(gofmt -l cmd simulators scenarios openapi fixtures testdata/clients testdata/bench); test -z "$$out" || { echo "not formatted, run gofmt -w:"; echo "$$out"; exit 1; }

vet:
	$(GO) vet ./... $(BENCH_PACKAGE)
	cd testdata/clients && $(GO) vet ./...

lint:
	$(GO) run $(STATICCHECK) ./... $(BENCH_PACKAGE)

tidy:
	$(GO) mod tidy -diff

# The vulnerability database is not to be had on a closed network: that is said
# and passed over. A finding fails.
vuln:
	@out=$$($(GO) run $(GOVULNCHECK) ./... 2>&1); code=$$?; echo "$$out"; \
	if [ $$code -ne 0 ] && ! echo "$$out" | grep -q '^Vulnerability #' && echo "$$out" | grep -qE 'fetching vulnerabilities'; then \
		echo "govulncheck: its database cannot be reached from here; skipped"; exit 0; fi; exit $$code

generate:
	$(GO) generate ./...

# Each fuzz target for a short while; FUZZTIME=10m for a long one.
FUZZTIME ?= 10s
fuzz:
	@for p in $$($(GO) list ./...); do \
		for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
			echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p || exit 1; \
		done; \
	done

# Both run the binary that ships, and need Linux and wrk. BENCH="-rounds 3
# -vendors sailpoint" makes it shorter; bin/bench -h tells what else there is.
bench: build bin/bench
	bin/bench -binary bin/vendorsim $(BENCH)

bench-scale: build bin/bench
	bin/bench -binary bin/vendorsim -scale $(BENCH)

.PHONY: bin/bench
bin/bench:
	$(GO) build -trimpath -ldflags '-s -w' -o bin/bench ./testdata/bench

clean:
	rm -rf bin
