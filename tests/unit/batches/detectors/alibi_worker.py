"""Runs in the environment of alibi-detect: takes two Parquet files and a policy a line, answers with the assessment."""

import json
import sys
from importlib import import_module

import pyarrow.parquet as pq

from holdfast.batches.policy import DriftPolicy

sys.stdout, answers = sys.stderr, sys.stdout
for line in sys.stdin:
    asked = json.loads(line)
    detector = import_module(f"holdfast.batches.detectors.{asked['detector']}").DETECTOR
    tables = [pq.read_table(asked[side]) for side in ("reference", "batch")]
    told = detector.arguments.model_validate(asked["arguments"])
    assessment = detector.compare(*tables, DriftPolicy.model_validate(asked["policy"]), arguments=told)
    print(assessment.model_dump_json(), file=answers, flush=True)
