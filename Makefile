.DEFAULT_GOAL := help
BIN := $(CURDIR)/.bin
UI := internal/web/ui
export PATH := $(BIN):$(PATH)

GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
DEADCODE := golang.org/x/tools/cmd/deadcode@v0.52.0
CYCLONEDX := github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0

.PHONY: help
help: ## Print this message
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build everything and serve on http://127.0.0.1:8080, data in ./data
	./jiesu serve

.PHONY: build
build: ui ## Build the binary, pages included
	CGO_ENABLED=0 go build -trimpath -tags nomsgpack,grpcnotrace -ldflags=-s -o jiesu ./cmd/jiesu

.PHONY: ui
ui: $(UI)/dist/widget.js ## Build the console, the chat widget and the API reference

$(UI)/dist/widget.js: $(UI)/node_modules/.package-lock.json $(shell find $(UI) -path $(UI)/node_modules -prune -o -path $(UI)/dist -prune -o -type f -print) internal/server/openapi.json
	cd $(UI) && npm run --silent build
	@touch $@

$(UI)/node_modules/.package-lock.json: $(UI)/package.json $(UI)/package-lock.json
	cd $(UI) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: packages
packages: ## Install the Debian packages the tests need
	.ci/packages

.PHONY: test
test: packages ui $(BIN)/cyclonedx-gomod ## Run every test, installing what they need
	cd $(UI) && npm run --silent check
	go vet ./...
	go test -race -shuffle=on -timeout 40m ./...

.PHONY: lint
lint: $(BIN)/golangci-lint $(BIN)/deadcode ## Formatting, linters, dead code
	golangci-lint fmt --diff
	golangci-lint run ./...
	@dead=$$(deadcode -test ./...); [ -z "$$dead" ] || { echo "$$dead"; exit 1; }

$(BIN)/golangci-lint:
	GOBIN=$(BIN) go install $(GOLANGCI)

$(BIN)/deadcode:
	GOBIN=$(BIN) go install $(DEADCODE)

$(BIN)/cyclonedx-gomod:
	GOBIN=$(BIN) go install $(CYCLONEDX)

.PHONY: bundle
bundle: ui $(BIN)/cyclonedx-gomod ## Make ./bundle for networks without internet: program, deploy files, SBOM, checksums
	.ci/bundle

.PHONY: fmt
fmt: $(BIN)/golangci-lint ## Format the code
	golangci-lint fmt

.PHONY: fuzz
fuzz: ## Fuzz every parser for 20 seconds each
	@for t in $$(grep -rl --include='*_test.go' '^func Fuzz' cmd faq internal webhooks | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$t/*_test.go | sed 's/func //'); do \
	    go test ./$$t -run '^$$' -fuzz "^$$f$$" -fuzztime 20s || exit 1; done; done

.PHONY: bench
bench: build ## Print figures beside those of bare programs that do the same work, then those of single parts
	go run ./cmd/yardstick
	go test -run '^$$' -bench . -benchtime 2s ./internal/desk/... ./internal/search/... ./internal/store/... ./internal/server/... ./cmd/...

.PHONY: chaos
chaos: packages ui ## Break an installation under load in every way there is, CHAOS=10m each, and hold it to a ledger
	JIESU_TEST_CHAOS=$${CHAOS:-10m} go test ./cmd/jiesu -run 'TestChaos$$' -count=1 -timeout 90m -v

.PHONY: screenshots
screenshots: packages ui ## Take pictures of every page and view into ./screenshots, and the README's two
	@mkdir -p screenshots
	SCREENSHOTS=$(CURDIR)/screenshots go test ./cmd/jiesu -count=1 -run Browser
	@mkdir -p deploy/pictures
	cp screenshots/home-1280.png deploy/pictures/home.png
	cp screenshots/console-tickets.png deploy/pictures/inbox.png

.PHONY: golden
golden: ## Rewrite the committed figures and the API description; review the diff
	go test ./internal/app ./internal/server -run 'TestGolden|TestOpenAPI' -update
