# The café's commands. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help up install test helm build api synth drift check typecheck lint picture pin images push push-manifests sign audit deploy move-database verify undeploy e2e e2e-database e2e-faults e2e-doctor e2e-doctor-planned e2e-policies e2e-gitops load chart-push stranger new-service kind-up screenshots bench bench-database bench-doors bench-overload bench-synth
SHELL := /bin/bash

PORT ?= 5000
ENVIRONMENT ?= local
MANIFESTS := $(if $(filter local,$(ENVIRONMENT)),dist,dist/$(ENVIRONMENT))
NAMESPACE := cafe-lumiere
RELEASE := cafe-lumiere-postgresql
# Of a service, while clients go on; see services/order-service/termination.test.ts.
export TERMINATIONS ?= 10
export REGISTRY ?= localhost:5001
# cdk8s asks a server for its newest version at each synth; what is installed here is what package-lock.json says.
export CDK8S_CHECK_UPGRADE := false
TSX := node --import tsx

help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  PORT=$(PORT) REGISTRY=$(REGISTRY) ENVIRONMENT=$(ENVIRONMENT)   what a target uses; set them behind make"

up: install synth ## run the whole café on this computer, at http://localhost:5000; no Docker, no cluster
	@exec node cdk8s/run.js local/up.ts --port $(PORT)

# npm's own note of what is installed: newer than the lock file means that there is nothing to do.
node_modules/.package-lock.json: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

install: node_modules/.package-lock.json

test: install ## every test that needs no cluster (of one package: npm test -w packages/checks)
	npm test

helm: build/bin/helm ## a Helm for the tests, on Linux without one

build/bin/helm: test/helm/package-lock.json
	npm ci --prefix test/helm --legacy-peer-deps --ignore-scripts --no-audit --no-fund
	node test/helm/unpack.js

build: install ## compile every package for those who install it, into packages/*/build
	npm run --silent build

api: build ## write down what users of the packages can call, in packages/*/etc
	@$(TSX) packages/api-report.ts --write

synth: install ## write dist/: the manifests and the Helm chart, for each environment (another than local: dist/<environment>)
	npx cdk8s synth

drift: build ## fail when the committed dist/, a picture or the packages' API is not what would be written now
	npx cdk8s synth --output build/drift >/dev/null
	diff -r dist build/drift && echo "dist is what the program writes"
	@$(TSX) docs/write-architecture.ts --check
	@$(TSX) packages/api-report.ts

check: install ## prove that the manifests in dist/ can work together (make check CHECK="other/dir --explain")
ifdef CHECK
	@npx cafe check $(CHECK)
else
	@for file in dist/deployments.yaml dist/*/deployments.yaml; do npx cafe check $$(dirname $$file) || exit; done
endif

typecheck: install ## the TypeScript compiler
	npx tsc --noEmit

lint: install ## eslint, the directions of imports, prettier, and actionlint where it is installed
	npx eslint --max-warnings 0 .
	npx depcruise packages services cdk8s local images e2e bench
	npx prettier --check .
	@if command -v actionlint >/dev/null; then actionlint; else echo 'Left out: actionlint, which is not here (go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.7)'; fi

picture: install ## draw the README's picture of the café anew, and that of the imports in docs/architecture.md
	@$(TSX) cdk8s/write-picture.ts
	@$(TSX) docs/write-architecture.ts

pin: install ## record which base image and PostgreSQL the registry has now, in images.lock.json; again for newer ones
	@$(TSX) images/pin.ts

images: install ## build the three images (REGISTRY)
	@$(TSX) images/build.ts

push: install ## push them to REGISTRY and record their digests in images.lock.json
	@$(TSX) images/push.ts

push-manifests: install ## push each environment's manifests and chart to REGISTRY as OCI artifacts (VERSION, if not that of package.json)
	@$(TSX) images/push-manifests.ts $(VERSION)

audit: install ## known faults of the packages that are part of an image, as the npm registry knows them
	npm audit --omit=dev

# Signs what `make push` recorded, and what `make push-manifests` and `make chart-push` pushed last, with the key or identity that cosign is set up for.
sign: install ## sign the pushed images, manifests and charts, and attest what is in them and what they were made from (needs cosign)
	@command -v cosign >/dev/null || { echo 'cosign is missing: https://docs.sigstore.dev/cosign/system_config/installation/'; exit 1; }
	@$(TSX) images/sign.ts

deploy: synth ## put the café on the cluster of KUBECONFIG, wait for it and print its address (OPEN_TO_EVERYBODY=yes: local, anywhere)
	@OPEN_TO_EVERYBODY=$(OPEN_TO_EVERYBODY) $(TSX) e2e/before-deploy.ts $(ENVIRONMENT) $(MANIFESTS)
	kubectl apply -f $(MANIFESTS)
	[ ! -d $(MANIFESTS)/helm/postgresql ] || helm upgrade --install $(RELEASE) $(MANIFESTS)/helm/postgresql --namespace $(NAMESPACE) --wait --timeout 5m
	@node bin/cafe.js doctor -n $(NAMESPACE) --wait 5m
	@$(TSX) e2e/address.ts

PAUSE_SECONDS ?= 20

move-database: install ## move the café's database to another mode while it is open (TO=cluster|chart, after "make synth"; PAUSE_SECONDS=20), or from a Bitnami volume (FROM=claim)
	@$(TSX) e2e/move-database/run.ts --to "$(TO)" --from "$(FROM)" --manifests $(MANIFESTS) --pause-seconds $(PAUSE_SECONDS)

verify: install ## the guide's checks, and an order placed and served through the frontend
	@$(TSX) e2e/verify.ts

undeploy: ## take the café off the cluster; the database's volume stays (DELETE_DATA=yes deletes it too)
	kubectl -n $(NAMESPACE) delete deployment,service,networkpolicy,poddisruptionbudget,serviceaccount,configmap,secret --selector app.kubernetes.io/part-of=$(NAMESPACE) --ignore-not-found
	helm uninstall $(RELEASE) --namespace $(NAMESPACE) --ignore-not-found --wait
ifeq ($(DELETE_DATA),yes)
	kubectl delete namespace $(NAMESPACE) --ignore-not-found
else
	@echo "The database's volume is still there; the next deploy finds the orders again. DELETE_DATA=yes deletes it."
endif

e2e: install ## the guide's commands and what can happen, on the cluster of KUBECONFIG (FORCE=1 deletes a café there)
	@$(TSX) e2e/run.ts $(if $(FORCE),--force)

e2e-faults: install ## operators and misfortune, under load (SCENARIOS="..." only these; RECORD=1 writes docs/reliability.md; GATEWAY=1 through a Gateway; ALERTS=1 judges who is woken)
	@$(TSX) e2e/faults/run.ts $(if $(FORCE),--force) $(if $(RECORD),--record) $(if $(NAIVE),--naive) $(if $(GATEWAY),--gateway) $(if $(ALERTS),--alerts) $(SCENARIOS)

e2e-doctor: install ## faults in namespaces doctor-*, and what "cafe doctor" says of each (FAULTS="..." only these; RECORD=1 keeps bundles for the tests)
	@$(TSX) e2e/doctor/run.ts $(if $(RECORD),--record) $(FAULTS); status=$$?; $(if $(RECORD),$(TSX) packages/checks/documentation/write-doctor-codes.ts;) exit $$status

e2e-doctor-planned: install ## a healthy café under rollouts, drains and upgrades, with "cafe doctor" asked all the time (deletes a café there)
	@$(TSX) e2e/doctor/planned.ts

e2e-gitops: install ## from a commit or a push to an order by Flux and Argo CD; deleted, pruned, and no order lost (GIT_URL, PODS_REGISTRY, CONTROLLERS="flux flux-oci argocd"; SCENARIO=autoscaling, gateway; EVENTS)
	@GIT_URL=$(GIT_URL) $(if $(PODS_REGISTRY),PODS_REGISTRY=$(PODS_REGISTRY)) $(TSX) e2e/gitops/run.ts $(if $(FORCE),--force) $(if $(SCENARIO),--scenario $(SCENARIO)) $(if $(EVENTS),--events "$(EVENTS)") $(if $(QUIET_MINUTES),--quiet-minutes $(QUIET_MINUTES)) $(CONTROLLERS)

SETS ?= 200

e2e-policies: install ## random NetworkPolicies, as the checks read them and as the cluster of KUBECONFIG enforces them (NODE_IMAGE, SETS, FROM)
	@$(TSX) e2e/policies/run.ts --sets $(SETS) $(if $(FROM),--from $(FROM)) $(if $(NODE_IMAGE),--image $(NODE_IMAGE)) $(if $(LANES),--lanes $(LANES)) $(if $(SEED),--seed $(SEED))

new-service: install ## add a service to a copy of this repository, and try everything with it (CLUSTER=no only here; FORCE=1 deletes a café there)
	@$(TSX) e2e/new-service/run.ts $(if $(FORCE),--force) $(if $(filter no,$(CLUSTER)),--no-cluster)

stranger: install ## a project that knows only the packed packages, on the cluster of KUBECONFIG (CLUSTER=no only compiles and checks)
	@$(TSX) e2e/stranger/run.ts $(if $(filter no,$(CLUSTER)),--no-cluster)

LOAD_SECONDS ?= 30

load: install ## guests, cooks and screens in the café of KUBECONFIG, for LOAD_SECONDS
	@$(TSX) e2e/load/run.ts --seconds $(LOAD_SECONDS)

e2e-database: synth ## the chart alone on the cluster of KUBECONFIG, crashes included (SCENARIOS="operate crash" are some)
	@$(TSX) e2e/database/run.ts $(if $(DATABASE_NAMESPACE),--namespace $(DATABASE_NAMESPACE)) $(if $(UPGRADE_TO),--upgrade-to $(UPGRADE_TO)) $(if $(EXPORTER_IMAGE),--exporter-image $(EXPORTER_IMAGE)) $(SCENARIOS)

chart-push: install ## push the database's chart, without the café's values, to oci://REGISTRY/charts
	rm -rf build/chart && $(TSX) packages/postgresql/write-chart.ts build/chart/postgresql
	@$(TSX) images/push-chart.ts build/chart/postgresql

kind-up: ## a kind cluster with its documented local registry at localhost:5001, for those who have kind
	@bash e2e/kind-up.sh

screenshots: install ## open the pages in Chromium: the pictures in docs/, bytes over the wire and time to paint
	@$(TSX) bench/pages.ts

MINUTES ?= 1

bench: install ## measure the order path, and write docs/benchmarks.md (MINUTES of events; needs pgbench and wrk)
	@$(TSX) bench/run.ts --minutes $(MINUTES)

bench-database: synth ## the database's cold start and return on the cluster, against the plain image's, into docs/benchmarks.md
	@$(TSX) bench/database.ts

bench-doors: install ## clients that do not read, do not stop and do not hurry, beside a guest, into docs/security.md
	@$(TSX) bench/doors.ts
	@npx prettier --log-level silent --write docs/security.md

bench-overload: install ## five times as many guests as can be served, with admission and without, into docs/reliability.md; as root, on Linux
	@$(TSX) bench/overload.ts
	@npx prettier --log-level silent --write docs/reliability.md

bench-synth: install ## how long a synth takes: the café's against an empty chart, a thousand services against plain ones
	@$(TSX) bench/synth.ts
