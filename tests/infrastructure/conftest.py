"""One synthesised house for all tests here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdfast.manifest import Manifest
from infra.settings import Stage
from infra.synthesis import synthesised
from tests.conftest import ACCOUNT, REGION
from tests.infrastructure.house import House

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/training"
MANIFEST: dict[str, Any] = {
    "scope": [{"kind": "s3_bucket", "match": "*"}],
    "buckets": [
        {"name": "ml-data", "region": REGION, "kms_key_arn": KEY},
        {"name": "partner-drop", "region": REGION, "events": "notification"},
        {"name": "unread", "region": REGION},
    ],
    "models": {
        "demand": {
            "owner": "mobility",
            "batches": {"bucket": "ml-data", "prefix": "demand/batches/", "silent_after_hours": 48},
            "reference": "s3://ml-data/demand/reference.parquet",
            "retraining": {"pipeline": "Demand-Training"},
        },
        "fraud": {
            "owner": "risk",
            "batches": {"bucket": "partner-drop", "prefix": "fraud/"},
            "reference": "s3://ml-data/fraud/reference.parquet",
            "retraining": {
                "training_job": {
                    "image": "image",
                    "role_arn": ROLE,
                    "instance_type": "ml.m5.xlarge",
                    "output": "s3://ml-data/out/",
                }
            },
        },
        "churn": {
            "owner": "crm",
            "batches": {"bucket": "ml-data", "prefix": "churn/batches/"},
            "reference": "s3://ml-data/churn/reference.parquet",
        },
    },
}
Built = Callable[..., House]


def manifest(*models: str, **changes: Any) -> Manifest:
    """The manifest of these tests, of some of its models only if they are named."""
    kept = {name: MANIFEST["models"][name] for name in models or MANIFEST["models"]}
    return Manifest.model_validate({**MANIFEST, "models": kept, **changes})


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Synthesise a stage of a manifest."""

    def build(said: Manifest | None = None, stage: Stage | None = None) -> House:
        outdir: Path = tmp_path_factory.mktemp("synth")
        return House(synthesised(said or manifest(), stage or Stage(name="test"), outdir=outdir))

    return build


@pytest.fixture(scope="session")
def house(built: Built) -> House:
    """The house that most tests look at."""
    return built()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep all tests of this folder on one worker, so that they share what is synthesised."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.xdist_group("infrastructure"))
