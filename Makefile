# make help lists the targets. Everything is built from source by Go; the integration tests need
# Java 17 and Maven besides (Debian: openjdk-17-jdk-headless, maven).

SHELL       := /bin/bash -o pipefail
VERSION     := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
BUILD       := CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)"
LINT        := go tool -modfile=tools/go.mod golangci-lint
UNIT         = $(shell go list ./... | grep -v /integration)
MODULE      := github.com/weft-data/weft
PROTO_OUT   := --go_out=. --go_opt=module=$(MODULE) --go-grpc_out=. --go-grpc_opt=module=$(MODULE)
HADOOP_PROTO := rmclient/internal/hadooppb
AUX_JAVA    := auxservice/java/src/main
AUX_SOURCES := $(shell find auxservice/java -type f) LICENSE NOTICE
AUX_MAVEN   := mvn -B -q -f auxservice/java/pom.xml
# Packages need a version that their formats understand: that of the newest tag.
DIST_VERSION ?= $(shell git describe --tags --abbrev=0 2>/dev/null || echo v0.0.0)
NODES       ?= 2
SHUFFLE_SERVICE ?= true
BENCH       ?= .
BENCHTIME   ?= 1s
BENCHCOUNT  ?= 1
FUZZTIME    ?= 10s
TESTTIMEOUT ?= 60m
export HADOOP_VERSION ?= 3.5.0
export BASE_IMAGE ?= debian:bookworm-slim
export WEFT_SUBNET ?= 172.30.84
COMPOSE      = $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose) -p weft
DOCKER_JARS := build/docker-image/$(HADOOP_VERSION)

.DEFAULT_GOAL := help
.PHONY: help build dist dist-test auxservice auxservice-test demo test check lint unit integration bench soak sim \
	fuzz proto \
	cluster cluster-up cluster-down cluster-env cluster-status docker-image up down shell \
	integration-docker clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## static programs: bin/weft, bin/weft-shuffled and bin/examples/NAME
	@mkdir -p bin/examples
	$(BUILD) -o bin/ ./cmd/...
	$(BUILD) -o bin/examples/ ./examples/...

auxservice: bin/auxservice/weft-shuffled bin/auxservice/weft-shuffle-service.jar ## the shuffle service for NodeManagers: a program and a jar in bin/auxservice

.PHONY: bin/auxservice/weft-shuffled # go build knows better what has changed
bin/auxservice/weft-shuffled:
	@mkdir -p bin/auxservice
	$(BUILD) -o $@ ./cmd/weft-shuffled

# Maven runs only where something under auxservice/java has changed. It needs a clean folder for the
# same sources to give the same bytes.
bin/auxservice/weft-shuffle-service.jar: $(AUX_SOURCES) | jdk
	@mkdir -p bin/auxservice
	$(AUX_MAVEN) -Dmaven.test.skip=true clean package
	cp build/auxservice/weft-shuffle-service.jar $@

auxservice-test: build/auxservice.tested ## tests of the Java part with a real weft-shuffled, where it has changed

build/auxservice.tested: $(AUX_SOURCES) | auxservice
	$(AUX_MAVEN) test
	touch $@

.PHONY: jdk
jdk:
	@command -v javac >/dev/null && command -v mvn >/dev/null || \
	{ echo "building the jar needs Java and Maven: apt-get install openjdk-17-jdk-headless maven" >&2; exit 1; }

dist: auxservice ## what is released, in dist/: archives, deb, rpm, image, lists of modules, checksums
	go -C packaging run . -root .. -out ../dist -version $(DIST_VERSION) \
		-time $$(git log -1 --format=%ct 2>/dev/null || echo 0)

dist-test: auxservice ## packages made, installed into a root of their own, removed; Debian's dpkg
	go -C packaging test ./...

demo: build ## word count over Go's own source tree, here, without a cluster
	@out=$$(mktemp -d) && trap 'rm -rf "$$out"' EXIT && \
	bin/weft submit --timing bin/examples/wordcount "$$(go env GOROOT)/src/**/*.go" "$$out/counts"

test: lint unit auxservice-test dist-test integration docker-test ## everything: lint, unit tests with -race, tests of the jar, of the packages and on a real Hadoop

check: ## the quick inner loop: gofmt, go vet and unit tests, under a minute
	@unformatted=$$(find . -path ./build -prune -o -name '*.go' -print | xargs gofmt -l) && \
	if [ -n "$$unformatted" ]; then echo "run gofmt -w on:" $$unformatted; exit 1; fi
	go vet ./...
	go test $(UNIT)

lint: ## every linter of .golangci.yml; its first run builds golangci-lint, some minutes
	$(LINT) run ./...
	cd packaging && go tool -modfile=../tools/go.mod golangci-lint run ./...

unit: c-compiler ## unit tests with the race detector
	CGO_ENABLED=1 go test -race -timeout $(TESTTIMEOUT) $(UNIT)

integration: build auxservice ## tests on a real Hadoop that they start themselves, one package after the other
	go test -p 1 -timeout $(TESTTIMEOUT) ./integration/...

bench: ## benchmarks; BENCH=regexp BENCHTIME=1s BENCHCOUNT=10 for benchstat
	go test -run '^$$' -bench '$(BENCH)' -benchtime $(BENCHTIME) -count $(BENCHCOUNT) -benchmem $(UNIT)

soak: ## long versions of tests: 10,000 flipped bits of each kind; results in bench/results
	go test -count=1 -v -timeout $(TESTTIMEOUT) ./shuffle ./am -run 'BitFlips|FlippedBits' -args -flips 10000

sim: ## the scheduler over a virtual clock: policies compared in tables
	go run ./bench/sim

fuzz: ## every fuzz target for FUZZTIME=10s
	@for pkg in $(UNIT); do \
		for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
			echo "$$pkg $$target" && \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
		done; \
	done

proto: bin/protoc-gen-go bin/protoc-gen-go-grpc ## generate Go and Java from the .proto files again; needs Debian's protobuf-compiler
	@command -v protoc >/dev/null || { echo "make proto needs protoc: apt-get install protobuf-compiler" >&2; exit 1; }
	PATH="$(CURDIR)/bin:$$PATH" protoc -I . $(PROTO_OUT) control/control.proto auxservice/auxservice.proto \
		containers/plugin/internal/wire/cluster.proto
	protoc -I auxservice -I $(AUX_JAVA)/proto --java_out=lite:$(AUX_JAVA)/java auxservice.proto plugin.proto
	PATH="$(CURDIR)/bin:$$PATH" protoc -I $(HADOOP_PROTO) $(PROTO_OUT) $(HADOOP_PROTO)/weft/hadoop/*.proto

bin/protoc-gen-go: tools/go.mod
	go -C tools build -o ../$@ google.golang.org/protobuf/cmd/protoc-gen-go

bin/protoc-gen-go-grpc: tools/go.mod
	go -C tools build -o ../$@ google.golang.org/grpc/cmd/protoc-gen-go-grpc

cluster: # the command that starts and stops a cluster
	@go build -o bin/cluster ./integration/hadoop/cluster

cluster-up: cluster ## start a real Hadoop here: NODES=2 HADOOP_VERSION=3.5.0 SHUFFLE_SERVICE=true; nothing if it runs
	@bin/cluster up -nodes $(NODES) -shuffle-service=$(SHUFFLE_SERVICE)

cluster-down: cluster ## end every process of that Hadoop
	@bin/cluster down

cluster-env: cluster ## print its environment: eval "$(make -s cluster-env)"
	@bin/cluster env

cluster-status: cluster ## its daemons and nodes
	@bin/cluster status

# Without an engine nothing else is tried: it would fail later, and say less.
.PHONY: docker-engine
docker-engine:
	@command -v docker >/dev/null && $(COMPOSE) version >/dev/null 2>&1 || \
	{ echo "the mini-cluster needs docker and its compose: apt-get install docker.io docker-compose" >&2; exit 1; }
	@said=$$(docker info 2>&1 >/dev/null) || \
	{ echo "no docker engine answers; start it (systemctl start docker), or join the group docker: $$said" >&2; exit 1; }

docker-image: docker-engine auxservice cluster # the image of every host of the mini-cluster
	@integration/docker/base-image $(BASE_IMAGE)
	@mkdir -p $(DOCKER_JARS) build/docker && chmod 1777 build/docker
	@lib=$$(bin/cluster jars) && rm -rf $(DOCKER_JARS)/lib && cp -rL "$$lib" $(DOCKER_JARS)/lib
	@$(COMPOSE) build namenode

up: docker-engine build docker-image ## a Hadoop of separate hosts in docker-compose: HADOOP_VERSION=3.5.0 BASE_IMAGE=debian:bookworm-slim
	@$(COMPOSE) up -d || \
	{ echo "where an address is taken by others: make down, then WEFT_SUBNET=172.31.84 make up" >&2; exit 1; }
	@docker exec weft-edge /opt/hadoop/run await 2 120
	@echo "2 NodeManagers run; make shell is a host to submit from" >&2

down: docker-engine ## remove that Hadoop and all that it stored
	@$(COMPOSE) down --volumes --timeout 1

shell: docker-engine ## a shell on a host of that Hadoop from which to submit; build/docker is its /work
	@docker inspect weft-edge >/dev/null 2>&1 || { echo "the mini-cluster does not run: make up" >&2; exit 1; }
	@docker exec -it weft-edge bash || true # its status is that of the last command typed

integration-docker: docker-engine build ## tests on that Hadoop, with hosts that fail; one that they had to start is removed again
	@integration/docker/test -timeout $(TESTTIMEOUT)

.PHONY: docker-test
docker-test: build auxservice # the part of make test: what needs no fault, where there is a docker engine
	@integration/docker/where-possible integration/docker/test -timeout $(TESTTIMEOUT) -run Submit

clean: cluster-down ## stop the clusters; remove bin/ and build/, Hadoop's jars included
	@[ -z "$$(docker ps -aq --filter label=com.docker.compose.project=weft 2>/dev/null)" ] || $(MAKE) -s down
	rm -rf bin build

# The race detector links with a C compiler; nothing else here needs one.
.PHONY: c-compiler
c-compiler:
	@command -v gcc >/dev/null || command -v cc >/dev/null || \
	{ apt-get update -q && apt-get install -q -y gcc libc6-dev; } || \
	{ echo "go test -race needs a C compiler: apt-get install gcc libc6-dev" >&2; exit 1; }
