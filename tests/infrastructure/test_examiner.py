"""The alibi-detect function: an image of its own, and only where a model names one of its detectors."""

import json
from pathlib import Path
from typing import Any

import pytest

from holdfast.batches.settings import BatchJudgeSettings
from holdfast.ledger.contract import LedgerSettings
from holdfast.manifest import Manifest
from holdfast.shared.errors import ConfigurationError
from infra.acknowledge import check
from infra.app import build, empty_app
from infra.code import check_needs, is_examined
from infra.settings import Stage
from tests.infrastructure.conftest import MANIFEST, Built, manifest
from tests.infrastructure.house import House, deployed, listed
from tests.infrastructure.test_grants import COMMITS, COMMON, DRAIN, READS_OBJECTS
from tests.infrastructure.test_rules import reached

SAMPLED: dict[str, Any] = {**MANIFEST["models"]["churn"], "drift": {"detectors": ["exact", "alibi_tabular"]}}


def examined() -> Manifest:
    """The manifest of these tests, with one detector that works on samples."""
    return manifest(models={**MANIFEST["models"], "churn": SAMPLED})


@pytest.fixture(scope="module")
def house_with_examiner(built: Built) -> House:
    """A house with the function."""
    return built(examined())


def test_it_is_there_only_if_a_model_names_its_detectors(house: House, house_with_examiner: House) -> None:
    assert not is_examined(manifest())
    assert is_examined(examined())
    assert set(house_with_examiner.functions) - set(house.functions) == {"AlibiJudge"}


def test_an_image_that_would_lack_what_a_detector_needs_is_refused(tmp_path: Path) -> None:
    churn = {**MANIFEST["models"]["churn"], "drift": {"detectors": [{"name": "alibi_mmd"}]}}
    lock = tmp_path / "alibi-runtime.txt"
    lock.write_text("numpy==1.26.4 \\\n    --hash=sha256:0\n")
    wanted = manifest(models={**MANIFEST["models"], "churn": churn})
    with pytest.raises(ConfigurationError, match=r"alibi_mmd needs torch.* add it to requirements/alibi-runtime\.in"):
        check_needs(wanted, lock)
    lock.write_text(lock.read_text() + "torch==2.13.0 \\\n    --hash=sha256:0\n")
    check_needs(wanted, lock)


def test_it_runs_an_image_built_of_the_source_the_lock_and_the_manifest(house_with_examiner: House) -> None:
    function = house_with_examiner.functions["AlibiJudge"]["Properties"]
    assert (function["PackageType"], function["Architectures"]) == ("Image", ["arm64"])
    assert function["ImageConfig"] == {"Command": ["holdfast.batches.examiner.lambda_handler"]}
    assert "Layers" not in function
    name = next(name for name in house_with_examiner.synthesis.assets if name in json.dumps(function["Code"]))
    folder = house_with_examiner.synthesis.assets[name]
    assert {path.name for path in folder.iterdir()} == {
        "Dockerfile",
        "alibi-runtime.txt",
        "governance.json",
        "holdfast",
    }
    assert not list(folder.rglob("__pycache__"))
    copied = set((folder / "Dockerfile").read_text().split())
    assert {"alibi-runtime.txt", "governance.json", "holdfast"} <= copied


def test_it_finds_its_settings(house_with_examiner: House) -> None:
    environment = house_with_examiner.functions["AlibiJudge"]["Properties"]["Environment"]["Variables"]
    said = {key: str(deployed(value)) for key, value in environment.items()}
    assert LedgerSettings.load(said).actor == "AlibiJudge"
    assert BatchJudgeSettings.load(said).account == "123456789012"


@pytest.mark.parametrize("outcome", ["none", "notice", "drift"])
def test_it_examines_what_was_held_against_a_baseline(house_with_examiner: House, outcome: str) -> None:
    event = {"source": "holdfast.ledger", "detail-type": "Batch Judged", "detail": {"outcome": outcome}}
    assert "AlibiJudge" in reached(house_with_examiner, event, own_bus=True)


@pytest.mark.parametrize("outcome", ["quarantined", "unknown", "not_enough_data"])
def test_it_leaves_alone_what_was_not(house_with_examiner: House, outcome: str) -> None:
    event = {"source": "holdfast.ledger", "detail-type": "Batch Judged", "detail": {"outcome": outcome}}
    assert "AlibiJudge" not in reached(house_with_examiner, event, own_bus=True)


def test_it_may_read_batches_and_keep_samples_and_no_more(house_with_examiner: House) -> None:
    statements = house_with_examiner.statements("AlibiJudge")
    found = {action for one in statements for action in listed(one["Action"])}
    assert found == DRAIN | COMMITS | READS_OBJECTS | COMMON | {"s3:PutObject", "kms:GenerateDataKey"}
    (keeps,) = (one for one in statements if "s3:PutObject" in one["Action"])
    assert str(deployed(keeps["Resource"])).endswith("/samples/*")


def test_it_gives_reasons_for_its_wildcards(tmp_path: Path) -> None:
    app = empty_app(str(tmp_path))
    check(app)
    build(app, examined(), Stage(name="test"), source=True)
    app.synth()


def test_the_same_source_and_manifest_make_the_same_templates_and_image(built: Built) -> None:
    assert built(examined()).synthesis.templates == built(examined()).synthesis.templates
