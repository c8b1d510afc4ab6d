"""cdk-nag AwsSolutions: nothing is objected to but what somebody gave a reason for, and the reasons are these."""

import json
from pathlib import Path

import pytest

from infra.acknowledge import check
from infra.app import build, empty_app
from infra.constructs.governed_function import QueuedFunction
from infra.settings import Stage
from tests.infrastructure.conftest import manifest
from tests.infrastructure.test_functions import HANDLERS, QUEUED

READERS = {"BatchJudge", "BaselineActor", "QuarantineActor", "BatchReporter"}
REVIEWED: dict[tuple[str, str], set[str]] = {
    ("L1", "3.12 is the runtime that the locks are compiled and tested for"): set(HANDLERS),
    ("SQS3", "it is where dead letters go itself"): {*QUEUED, "LedgerPublisher"},
    ("IAM5", "tracing can be granted on no narrower resource"): set(HANDLERS)
    - {"LedgerPublisher", "ComplianceJudge", "ComplianceSweeper"},
    ("IAM5", "neither tracing nor the list of streams can be granted on a narrower resource"): {"LedgerPublisher"},
    ("IAM5", "neither tracing nor what is asked of the whole account can be granted on a narrower resource"): {
        "ComplianceJudge",
        "ComplianceSweeper",
    },
    ("IAM5", "compliance judges every resource of a kind, by what this role can only read"): {"ComplianceJudge"},
    ("IAM5", "batches are named when they land: exactly the prefixes that models read"): READERS,
    ("IAM5", "objects of our own bucket are named when they are made"): READERS,
    ("IAM5", "runs are named when they are started"): {"RetrainingJudge", "Trainer"},
}


def test_the_report_holds_what_was_reviewed_and_nothing_else(tmp_path: Path) -> None:
    app = empty_app(str(tmp_path))
    check(app)
    build(app, manifest(), Stage(name="test"), source=True)
    app.synth()
    (report,) = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    assert (report["conclusion"], report["violations"]) == ("success", [])
    found: dict[tuple[str, str], set[str]] = {}
    for one in report["suppressedViolations"]:
        rule = one["ruleName"].removeprefix("AwsSolutions-").partition("[")[0]
        paths = [construct["constructPath"].split("/") for construct in one["violatingConstructs"]]
        found.setdefault((rule, one["reason"]), set()).update(path[2] for path in paths)
    assert found == REVIEWED


def test_a_wildcard_without_a_reason_is_refused(tmp_path: Path) -> None:
    app = empty_app(str(tmp_path))
    check(app)
    _, reactive = build(app, manifest("churn"), Stage(name="test"), source=True)
    (function,) = (
        one for one in reactive.node.find_all() if isinstance(one, QueuedFunction) and one.node.id == "Notifier"
    )
    function.may("Everything", {"s3:GetObject"}, on=["arn:aws:s3:::*"])
    with pytest.raises(RuntimeError, match=r"IAM5\[Resource::arn:aws:s3:::\*\]"):
        app.synth()
