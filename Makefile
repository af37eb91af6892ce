# make run     build and serve, with no configuration
# make test    all tests
# make check   everything that CI holds: format, vet, lint, tests, tidy, vulnerabilities
# make bench   server CPU a request, beside a plain net/http handler
GO ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null)

# The race detector needs a C compiler; without one the tests still run.
RACE := $(if $(filter 1,$(shell $(GO) env CGO_ENABLED)),-race)

# Tools are pinned here and are not in go.mod.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.8.0

.PHONY: run build test check format vet lint tidy vuln generate fuzz bench clean

run: build
	./bin/vendorsim serve

build:
	$(GO) build -trimpath -ldflags '-s -w -X github.com/vendorsim/vendorsim/simulators.version=$(VERSION)' -o bin/vendorsim ./cmd/vendorsim

test:
	$(GO) test $(RACE) -shuffle=on -count=1 ./...

check: format vet lint tidy test vuln

format:
	@out=$$(gofmt -l cmd simulators scenarios openapi fixtures testdata/clients); test -z "$$out" || { echo "not formatted, run gofmt -w:"; echo "$$out"; exit 1; }

vet:
	$(GO) vet ./...
	cd testdata/clients && $(GO) vet ./...

lint:
	$(GO) run $(STATICCHECK) ./...

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

bench:
	$(GO) test -run '^$$' -bench '^BenchmarkServerCPU$$' -benchtime 1x -timeout 20m ./cmd/vendorsim

clean:
	rm -rf bin
