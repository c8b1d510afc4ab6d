# One door to everything. `make demo` and `make test` set themselves up on a machine with Python 3.11 or 3.12 and make.
.DEFAULT_GOAL := help
SHELL := /bin/bash
STAGE ?= dev
export AWS_EC2_METADATA_DISABLED := true

.PHONY: help setup demo test check bench lint types synth package deploy lock clean

help:  ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.ready .venv-alibi/.ready  ## the two environments, from hashed locks

.venv/.ready: requirements/core.txt pyproject.toml tools/find-python
	tools/environment .venv requirements/core.txt
	.venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	touch $@

.venv-alibi/.ready: requirements/alibi.txt tools/find-python
	tools/environment .venv-alibi requirements/alibi.txt
	touch $@

lock:  ## compile the hashed locks anew (network)
	tools/lock

demo: setup  ## the main job in the local twin: batches, drift, retraining, compliance; writes out/demo.html
	.venv/bin/holdfast replay --report out/demo.html --export out/ledger.jsonl
	.venv/bin/holdfast ledger verify out/ledger.jsonl

test: setup  ## all tests (on Python 3.12, which is deployed, where one is found)
	.venv/bin/python -m pytest -n logical --maxprocesses 4 --dist loadgroup

check: setup lint types test  ## ruff, mypy --strict, tests, architecture, cdk-nag

bench: setup  ## beside the peers: sweeps with Cloud Custodian, drift and decisions with alibi-detect, Evidently, NannyML (an hour)
	.venv/bin/python benchmarks/sweep/run.py
	.venv/bin/python benchmarks/drift/run.py
	.venv/bin/python benchmarks/drift/parts.py
	.venv/bin/python benchmarks/quality/run.py --peers 4

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: setup
	.venv/bin/mypy

synth: package  ## the CloudFormation templates, in cdk.out
	.venv/bin/python app.py

package: setup  ## the folders that become Lambda functions, in build
	tools/package

deploy: package  ## put it in the account of your credentials: make deploy STAGE=prod (docs/deploy.md)
	PATH="$(CURDIR)/.venv/bin:$$PATH" npx --yes aws-cdk@2 deploy --all --context stage=$(STAGE)

clean:  ## remove what make made
	rm -rf .venv .venv-alibi build cdk.out out .cache
