"""governance.yaml is obeyed, or refused with the place and what was expected."""

from pathlib import Path

import pytest

from holdfast.manifest import Manifest, schema
from holdfast.shared.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
GOOD = (ROOT / "governance.yaml").read_text()


def written(tmp_path: Path, text: str) -> Path:
    """Write a manifest."""
    path = tmp_path / "governance.yaml"
    path.write_text(text)
    return path


def line_of(text: str, fragment: str) -> int:
    """Find the line a fragment stands on."""
    return text[: text.index(fragment)].count("\n") + 1


def test_the_manifest_that_ships_is_sound() -> None:
    manifest = Manifest.load(ROOT / "governance.yaml")
    assert manifest.models["bike-demand"].drift.detectors == ("exact",)
    assert set(manifest.models_of("ml-data", "bike-demand/batches/2026-01.parquet")) == {"bike-demand"}
    assert manifest.models_of("ml-data", "bike-demand/reference.parquet") == {}


def test_what_ships_says_the_same_as_what_was_written(tmp_path: Path) -> None:
    manifest = Manifest.load(ROOT / "governance.yaml")
    shipped = tmp_path / "governance.json"
    shipped.write_bytes(manifest.canonical())
    assert Manifest.load(shipped).digest == manifest.digest


def test_the_digest_does_not_see_layout_and_comments(tmp_path: Path) -> None:
    spaced = written(tmp_path, "# another comment\n\n" + GOOD.replace("  - {kind", "\n  - {kind"))
    assert Manifest.load(spaced).digest == Manifest.load(ROOT / "governance.yaml").digest


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        ("owner: mobility-team", "ownr: mobility-team", "ownr", "unknown key, expected one of owner, batches, reference"),
        ("bucket: ml-data", "bucket: ml-dat", "batches: {", "bucket 'ml-dat' is not under buckets"),
        ("alpha: 0.01", "alpha: 1.5", "drift: {", "less than 1, got '1.5'"),
        ("2 of 3", "3 of 2", "patience", "3 of 2 can never happen"),
        ("2 of 3", "soon", "patience", "expected patience such as '2 of 3'"),
        ("[exact]", "[exakt]", "drift: {", "no such detector, expected one of"),
        ("prefix: bike-demand/batches/", "prefix: bike-demand/batches", "batches: {", "ends with /"),
        ("s3://ml-data/bike-demand/reference.parquet", "http://169.254.169.254/x", "reference: ", "expected s3://bucket/key"),
        ("s3://ml-data/bike-demand/reference.parquet", "s3://other/x", "reference: ", "bucket 'other' is not under buckets"),
        ("reference.parquet", "batches/r.parquet", "reference: ", "lies under the batch prefix"),
        ("pipeline: bike-demand-training", "window_batches: 4", "retraining:", "exactly one of pipeline and training_job"),
        ("region: eu-west-1", "region: Ireland", "{name: ml-data", "region"),
        ("bike-demand:", "Bike_Demand:", "Bike_Demand:", "should match pattern"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_its_line(tmp_path: Path, old: str, new: str, at: str, said: str) -> None:
    text = GOOD.replace(old, new)
    assert text != GOOD
    path = written(tmp_path, text)
    with pytest.raises(ConfigurationError) as refused:
        Manifest.load(path)
    assert said in str(refused.value)
    assert f"{path}:{line_of(text, at)}:" in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("scope:", "waivers: []\nscope:"),
        ("events: eventbridge", "class: restricted"),
        ("events: eventbridge", "remediation: plan"),
        ("schema: {", "schema: {evolve: optional, "),
    ],
)
def test_what_nothing_obeys_yet_is_refused_as_such(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(ConfigurationError, match="not supported yet"):
        Manifest.load(written(tmp_path, GOOD.replace(old, new)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &a [x, x]\nb: [*a, *a]", ":2: alias \\*a: aliases are refused"),
        ("[" * 5000, "nested deeper than 24"),
        ("models: {}\nmodels: {}", ":2: models is said twice, first on line 1"),
        ("models: !!python/object/apply:os.system [ls]", ":1:"),
        ("<<: {a: 1}", "expected a plain key"),
        ("models: [", ":1: not YAML|:2: not YAML"),
        ("", "expected the keys scope, buckets, models"),
        ("just text", "expected the keys"),
        ("models: {a: 2024-13-45}", "month must be in"),
    ],
)
def test_a_hostile_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        Manifest.load(written(tmp_path, text))


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "governance.yaml"
    path.write_bytes(b"\x80\x81 models")
    with pytest.raises(ConfigurationError, match="not YAML"):
        Manifest.load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere.yaml: cannot be read"):
        Manifest.load(tmp_path / "nowhere.yaml")


def test_scope_covers_by_glob_and_excepts() -> None:
    manifest = Manifest.load(ROOT / "governance.yaml")
    assert manifest.watches("anything")
    assert not manifest.watches("cdk-assets")


def test_the_schema_is_closed_and_names_every_key() -> None:
    said = schema()
    assert said["additionalProperties"] is False
    assert set(said["properties"]) == {"scope", "buckets", "models"}
