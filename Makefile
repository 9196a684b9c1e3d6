# make            says what there is
# make run        the demonstration, on this machine only
# make test       every test, the browsers' too
# Everything works on a machine that has only Go, Node and (for the browsers) Debian's packages.

GO       ?= go
FUZZTIME ?= 20s
BENCH    ?= .
TIMES    ?= 200
ROUNDS   ?=
# Two browsers; E2E="chromium" runs one of them.
E2E      ?= chromium firefox
JOURNEYS ?=
ONLY     ?=
PAGES     = e2e/artifacts/html
# SQLite is C that was turned into Go. The memory it works in is not Go's, so the
# race detector passes over all of it and only makes each access slow: with it,
# the store's tests take four times as long. Everything else is watched, the
# driver and its locks too.
WATCHED   = -race -gcflags=modernc.org/sqlite/lib=-race=false
BUILD     = CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags='-s -w -buildid='

.DEFAULT_GOAL := help
.PHONY: help run build dist test unit check gen e2e bench micro rota-quality floods fuzz mutants chaos lighthouse pictures types browsers html html-left validate scores

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## start the demonstration (it prints where to look)
	$(GO) run ./cmd/helpline demo

build: ## build ./helpline
	$(BUILD) -o helpline ./cmd/helpline

dist: ## build twice and compare: one source, one binary, in dist/
	@.ci/dist

test: unit html-left e2e ## every test: Go with the race detector, the HTML of every page it came to, then the journeys in both browsers

unit: ## the Go tests alone, with the race detector
	@rm -rf $(PAGES) && mkdir -p $(PAGES)
	@from=$$(date +%s); HELPLINE_PAGES=$(CURDIR)/$(PAGES) $(GO) test $(WATCHED) -parallel 4 -timeout 30m ./... || exit 1; echo "$$(($$(date +%s) - from)) s  Go tests with the race detector"

gen: ## generate Go from the templates
	$(GO) tool templ generate

check: types ## format, vet, staticcheck, dead code, templates, import map, types of the scripts
	@.ci/check

types: e2e/node_modules/.package-lock.json ## check the types of the scripts
	cd e2e && npx --no-install tsc -p tsconfig.json && npx --no-install tsc -p tsconfig.static.json

browsers: ## install the browsers of the journeys where they are missing
	@e2e/browsers

e2e/node_modules/.package-lock.json: e2e/package.json e2e/package-lock.json e2e/.npmrc
	cd e2e && npm ci --no-audit --no-fund
	@touch $@

e2e: e2e/node_modules/.package-lock.json browsers ## the journeys in Chromium and Firefox; JOURNEYS=talk E2E=chromium runs some
	$(BUILD) -o e2e/artifacts/helpline ./cmd/helpline
	@for b in $(E2E); do echo "== journeys in $$b"; from=$$(date +%s); (cd e2e && BROWSER=$$b node run.mjs $(JOURNEYS)) || exit 1; echo "$$(($$(date +%s) - from)) s  journeys in $$b"; done

bench: ## measure the line beside a bare relay, about sixteen minutes: prints a table (ROUNDS=9)
	@ONLY='$(ONLY)' .ci/bench $(or $(ROUNDS),9)

micro: ## run every benchmark of a part (BENCH=regexp)
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem ./...

rota-quality: ## the checker, drafts and repairs of a rota of the promised size, then ten seconds of search against the best of ROUNDS long ones (ROTA_LONG=10m, 3 of a minute by default)
	$(GO) test -run '^$$' -bench 'CheckSixWeeks|CouldSomebody|Draft|Suggest|Repair' -benchmem ./counsel/rota
	ROTA_QUALITY=1 ROTA_SHORT=10s ROTA_LONG=$(or $(ROTA_LONG),1m) ROTA_RUNS=$(or $(ROUNDS),3) $(GO) test -count 1 -v -timeout 4h -run QualityIsHeld ./counsel/rota

floods: ## let floods loose on a line and print what they cost others: twelve minutes a round (ROUNDS=n)
	HELPLINE_FLOOD_ROUNDS=$(or $(ROUNDS),1) $(GO) test -run '^$$' -bench Floods -benchtime 1x -timeout 4h ./cmd/helpline

fuzz: ## run each fuzz test for FUZZTIME
	@.ci/fuzz $(FUZZTIME)

mutants: ## break every guarantee once and see its test fail; ONLY=ring runs some
	@$(GO) run .ci/mutants.go -only '$(ONLY)'

chaos: ## TIMES as many histories of the engine as make test, and evenings of 200 rooms over the whole stack: five minutes
	HELPLINE_CHAOS=$(TIMES) $(GO) test -count 1 -timeout 60m -run 'ThreadIsNotLost|HarmsOnlyItself|WithoutScripts' -v ./chat
	HELPLINE_CHAOS=$(TIMES) $(GO) test -count 1 -timeout 60m -run 'TownOfFaults' -v ./chat/visitor

pictures: e2e/node_modules/.package-lock.json ## take the README's pictures from the running product
	$(BUILD) -o e2e/artifacts/helpline ./cmd/helpline
	cd e2e && node pictures.mjs

e2e/artifacts/html/all: FORCE
	@rm -rf $(PAGES) && mkdir -p $(PAGES)
	HELPLINE_PAGES=$(CURDIR)/$(PAGES) $(GO) test -count 1 -run 'EveryRouteOpensForExactly|VisitorsPageIsLeft' ./cmd/helpline
FORCE:

html: e2e/node_modules/.package-lock.json e2e/artifacts/html/all ## html-validate on every page that the walks of the route tables come to
	cd e2e && node validate.mjs artifacts/html

html-left: e2e/node_modules/.package-lock.json # on the pages that unit has left; Go may have had its answer ready and left none
	@ls $(PAGES)/*.html >/dev/null 2>&1 || $(MAKE) --no-print-directory e2e/artifacts/html/all
	cd e2e && node validate.mjs artifacts/html

validate: e2e/node_modules/.package-lock.json e2e/artifacts/html/all ## the same, and the W3C's checker; needs Java
	cd e2e/vnu && npm ci --no-audit --no-fund
	cd e2e && node validate.mjs --vnu vnu/node_modules/vnu-jar/build/dist/vnu.jar artifacts/html

lighthouse: e2e/node_modules/.package-lock.json ## weigh the first load of front and talk page
	$(BUILD) -o e2e/artifacts/helpline ./cmd/helpline
	cd e2e && node weight.mjs

scores: e2e/node_modules/.package-lock.json ## Lighthouse 12 as on a phone, over the pages of a visit; wants a quiet machine
	$(BUILD) -o e2e/artifacts/helpline ./cmd/helpline
	cd e2e && node lighthouse.mjs
