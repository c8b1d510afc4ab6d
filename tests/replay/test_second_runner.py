"""The image function: in its own environment, under Lambda's runtime, on the twin's clock, proved like the rest."""

from pathlib import Path

import pytest

from holdfast.batches.report.entries import ReportStored
from holdfast_console.replay.child import PYTHON
from holdfast_console.replay.proof import NotGranted
from holdfast_console.replay.session import Twin
from holdfast_console.replay.templates import Synthesis, synthesis
from tests.replay.conftest import MANIFEST, rows

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not PYTHON.exists(), reason="no .venv-alibi: `make setup` makes the environment of the image function"
    ),
]
EXAMINED = MANIFEST.replace(
    "schema: {critical: [price]}", "schema: {critical: [price]}\n    drift: {detectors: [exact, alibi_tabular]}"
)


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("examined") / "governance.yaml"
    path.write_text(EXAMINED)
    return path


@pytest.fixture
def template(examined: Path) -> Synthesis:
    return synthesis(examined)


def play(twin: Twin) -> None:
    twin.put("ml-data", "orders/reference.parquet", rows(seed=1, count=3000))
    twin.put("ml-data", "orders/batches/1.parquet", rows(seed=2, shift=1))
    twin.settle()


def test_it_speaks_by_the_twins_clock_and_needs_no_more_than_it_is_granted(examined: Path, template: Synthesis) -> None:
    with Twin.start(examined, synthesis=template) as twin:
        play(twin)
        said = [entry for entry in twin.ledger_entries() if entry.kind == "Batch Examined"]
        assert [(entry.outcome, entry.actor, entry.recorded_at) for entry in said] == [
            ("drift", "AlibiJudge", twin.now)
        ]
        assert twin.dead_letters() == []
        reports = [ReportStored.of(entry) for entry in twin.ledger_entries() if entry.kind == ReportStored.kind]
        assert [one.examinations for one in reports][-1] == (said[0].decision_id,), "the last one tells of it"
        assert twin.proof.calls[twin.function("BatchReporter").role_arn, "dynamodb:Query"] >= 1
        role = twin.function("AlibiJudge").role_arn
        assert twin.proof.calls[role, "s3:GetObjectVersion"] >= 1
        assert twin.proof.calls[role, "dynamodb:PutItem"] >= 1


def test_a_call_it_is_not_granted_fails_the_replay(examined: Path, template: Synthesis) -> None:
    for stack in template.templates.values():
        for resource in stack["Resources"].values():
            path = resource.get("Metadata", {}).get("aws:cdk:path", "")
            if resource["Type"] == "AWS::IAM::Policy" and "/AlibiJudge/" in path:
                kept = resource["Properties"]["PolicyDocument"]["Statement"]
                kept[:] = [statement for statement in kept if statement.get("Sid") != "CommitToLedger"]
    with Twin.start(examined, synthesis=template) as twin, pytest.raises(NotGranted, match="dynamodb:PutItem"):
        play(twin)
