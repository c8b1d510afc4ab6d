"""What the manifest may say of drift: of all columns, of one, and of the batch as a whole."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from holdfast.batches.policy import ColumnPolicy, DriftPolicy
from holdfast.manifest import Manifest, ManifestError

MANIFEST = """
buckets:
  - {name: ml-data, region: eu-west-1, events: eventbridge}
models:
  bikes:
    owner: mobility-team
    batches: {bucket: ml-data, prefix: bikes/}
    reference: s3://ml-data/reference.parquet
    drift:
      score: 0.2
      columns:
        temp: {effect: 0.3, weight: 3}
        colour: {weight: 0}
        row_id: {ignore: true}
"""


def test_columns_and_score_are_read(tmp_path: Path) -> None:
    path = tmp_path / "governance.yaml"
    path.write_text(MANIFEST)
    drift = Manifest.load(path).models["bikes"].drift
    assert (drift.score, drift.of("temp").effect, drift.of("temp").weight) == (0.2, 0.3, 3)
    assert (drift.of("colour").weight, drift.of("row_id").ignore) == (0, True)
    assert drift.of("any other") == ColumnPolicy()


def test_a_slip_of_the_pen_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "governance.yaml"
    path.write_text(MANIFEST.replace("weight: 3", "weigth: 3"))
    with pytest.raises(ManifestError) as caught:
        Manifest.load(path)
    assert f"{path}:12: models.bikes.drift.columns.temp.weigth" in str(caught.value)
    assert "expected one of effect, weight, ignore" in str(caught.value)


@pytest.mark.parametrize(
    "column",
    [{"effect": 0}, {"effect": 1}, {"effect": "0.1"}, {"weight": -1}, {"weight": float("nan")}, {"weight": "2"},
     {"ignore": "yes"}, {"ignore": 1}],
    ids=str,
)  # fmt: skip
def test_values_that_mean_nothing_are_refused(column: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DriftPolicy.model_validate({"columns": {"x": column}})


@pytest.mark.parametrize("score", [0, 1, "0.2", float("nan")])
def test_a_score_is_a_share(score: object) -> None:
    with pytest.raises(ValidationError):
        DriftPolicy.model_validate({"score": score})
