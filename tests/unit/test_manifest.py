"""governance.yaml is obeyed, or refused with the place and what was expected."""

import re
from pathlib import Path

import pytest

from holdfast.compliance.resource import Resource
from holdfast.compliance.rulebook import Governed
from holdfast.manifest import Manifest, schema
from holdfast.shared.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
REFERENCE = "s3://ml-data/bike-demand/reference.parquet"
GOOD = (ROOT / "governance.yaml").read_text()
WITHOUT_RULES = re.sub(r"(?ms)^(controls|waivers):.*?(?=^\S)", "", GOOD)


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


def test_the_manifest_that_ships_changes_nothing_and_lets_every_control_be_told() -> None:
    manifest = Manifest.load(ROOT / "governance.yaml")
    rules, data = Governed(manifest), Resource("s3_bucket", "ml-data", "123456789012", "eu-west-1")
    on = {control.id for control in rules.controls(data)}
    assert {"tls_only", "versioning_enabled", "kms_encryption"} <= on
    assert {manifest.remediation_mode("ml-data", control) for control in on} == {"plan"}
    assert all(rules.concerns(kind) for kind in ("s3_bucket", "aws_account", "sagemaker_training_job"))


def test_a_detector_may_be_told_how_to_work(tmp_path: Path) -> None:
    told = "[exact, {name: alibi_mmd, arguments: {permutations: 500}}, alibi_ks]"
    drift = Manifest.load(written(tmp_path, GOOD.replace("[exact]", told))).models["bike-demand"].drift
    assert [choice.name for choice in drift.choices] == ["exact", "alibi_mmd", "alibi_ks"]
    assert drift.choices[1].settled().model_dump() == {"most_rows": 1000, "permutations": 500, "effect": 0.0}


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
        ("owner: mobility-team", "ownr: mobility-team", "ownr", "unknown key, expected one of owner, batches"),
        ("bucket: ml-data", "bucket: ml-dat", "batches: {", "bucket 'ml-dat' is not under buckets"),
        ("alpha: 0.01", "alpha: 1.5", "drift: {", "less than 1, got '1.5'"),
        ("2 of 3", "3 of 2", "patience", "3 of 2 can never happen"),
        ("2 of 3", "soon", "patience", "expected patience such as '2 of 3'"),
        ("[exact]", "[exakt]", "drift: {", "no such detector, expected one of"),
        ("prefix: bike-demand/batches/", "prefix: bike-demand/batches", "batches: {", "ends with /"),
        (REFERENCE, "http://169.254.169.254/x", "reference: ", "expected s3://bucket/key"),
        (REFERENCE, "S3://ml-data/x", "reference: ", "expected s3://bucket/key"),
        (REFERENCE, "s3://user@ml-data/x", "reference: ", "expected s3://bucket/key"),
        (REFERENCE, '"s3://ml-d\\tata/x"', "reference: ", "expected s3://bucket/key"),
        (REFERENCE, "s3://ml-data/*", "reference: ", "expected no * ? $"),
        (REFERENCE, "s3://other/x", "reference: ", "bucket 'other' is not under buckets"),
        ("prefix: bike-demand/batches/", "prefix: bike-demand/*/", "batches: {", "expected no * ? $"),
        ("prefix: bike-demand/batches/", "prefix: a$/", "batches: {", "expected no * ? $"),
        ("since: deploy", "since: 2026-01-31", "batches: {", "expected deploy, or a time with its zone"),
        ("since: deploy", "since: 2026-01-31 12:00:00", "batches: {", "expected deploy, or a time with its zone"),
        ("since: deploy", "since: 1700000000", "batches: {", "expected deploy, or a time with its zone"),
        ("since: deploy", "since: '1700000000'", "batches: {", "expected deploy, or a time with its zone"),
        ("since: deploy", "since: never", "batches: {", "expected deploy, or a time with its zone"),
        ("alpha: 0.01", "alpha: '0.01'", "drift: {", "valid number, got '0.01'"),
        ("alpha: 0.01", "alpha: true", "drift: {", "valid number, got 'True'"),
        ("alpha: 0.01", "alpha: .nan", "drift: {", "less than 1, got 'nan'"),
        ("alpha: 0.01", "alpha: on", "drift: {", "on is true or false to YAML"),
        ("settle_minutes: 15", "settle_minutes: 15.0", "settle_minutes", "valid integer, got '15.0'"),
        ("settle_minutes: 15", "settle_minutes: '15'", "settle_minutes", "valid integer, got '15'"),
        ("settle_minutes: 15", "settle_minutes: true", "settle_minutes", "valid integer, got 'True'"),
        ("settle_minutes: 15", "settle_minutes: 017", "settle_minutes", "not written as a plain decimal number"),
        ("settle_minutes: 15", "settle_minutes: ", "settle_minutes", "nothing is said, expected a value or no key"),
        ("cooldown_days: 7", "cooldown_days: null", "cooldown_days", "nothing is said, expected a value or no key"),
        ("2 of 3", "2", "patience", "expected the keys needed, window, got '2'"),
        ("2 of 3", "٢ of 3", "patience", "expected patience such as '2 of 3'"),
        ("runs: 4, ", "", "budget", "budget.runs: required, and missing"),
        ("budget: {runs: 4, days: 30}", "budget: [4, 30]", "budget", "expected the keys runs, days"),
        ("[season, registered, cnt]", "season", "schema: {", "schema.critical: expected a list, got 'season'"),
        ("[season, registered, cnt]", "[1]", "schema: {", "valid string, got '1'"),
        ("[season, registered, cnt]", "['']", "schema: {", "at least 1 character"),
        ("[exact]", "[]", "drift: {", "expected at least one detector, and each once"),
        ("[exact]", "[exact, exact]", "drift: {", "expected at least one detector, and each once"),
        (
            "[exact]",
            "[exact, {name: exact}]",
            "drift: {",
            "expected at least one detector, and each once",
        ),
        ("[exact]", "[{name: alibi_mmd, arguments: {sigma: 2}}]", "drift: {", "alibi_mmd takes most_rows, "),
        ("[exact]", "[{name: alibi_ks, arguments: {most_rows: 9}}]", "drift: {", "greater than or equal to 100"),
        ("[exact]", "[{name: alibi_kz}]", "drift: {", "no such detector, expected one of"),
        ("{name: ml-data", "{name: a..b", "{name: a..b", "no two dots in a row"),
        ("{name: ml-data", "{name: 10.0.0.1", "{name: 10", "no IP address"),
        ("{name: ml-data", "{name: 1234", "{name: 1234", "valid string, got '1234'"),
        ("events: eventbridge", "events: {a: 1}", "{name: ml-data", "events: Input should be 'eventbridge'"),
        ("kind: s3_bucket, ", "", "{match", "scope.0.kind: required, and missing"),
        ("    owner:", "    \"x\\e[31m\": 1\n    owner:", "x\\e", "bike-demand.x\\x1b[31m: unknown key"),
        ("reference.parquet", "batches/r.parquet", "reference: ", "lies under the batch prefix"),
        ("pipeline: bike-demand-training", "window_batches: 4", "retraining:", "exactly one of pipeline and"),
        ("region: eu-west-1", "region: Ireland", "{name: ml-data", "region"),
        ("bike-demand:", "Bike_Demand:", "Bike_Demand:", "should match pattern"),
        ("bike-demand:", "x" * 64 + ":", "xxx", "at most 63 characters"),
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
        ("    owner: mobility-team", "    promotion: {}\n    owner: mobility-team"),
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
        ("models:\n\t- x", ":2: not YAML: found"),
        ("models: []", ":1: models: expected names, each with its keys below it"),
        ("buckets: {}", ":1: buckets: expected a list"),
        ("models: null", ":1: models: nothing is said"),
        ("", "expected the keys scope, controls, waivers, buckets, models"),
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


def test_windows_line_ends_and_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "governance.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert Manifest.load(path).digest == Manifest.load(ROOT / "governance.yaml").digest


@pytest.mark.parametrize(
    ("since", "shipped"),
    [
        ("2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z"),
        ("'2026-01-31T00:00:00Z'", "2026-01-31T00:00:00Z"),
        ("2026-01-31T02:00:00+02:00", "2026-01-31T02:00:00+02:00"),
    ],
)
def test_a_time_ships_as_it_was_said(tmp_path: Path, since: str, shipped: str) -> None:
    manifest = Manifest.load(written(tmp_path, GOOD.replace("since: deploy", f"since: {since}")))
    path = tmp_path / "governance.json"
    path.write_bytes(manifest.canonical())
    assert shipped in path.read_text()
    assert Manifest.load(path) == manifest


def test_a_number_may_be_written_with_an_exponent(tmp_path: Path) -> None:
    found = Manifest.load(written(tmp_path, GOOD.replace("alpha: 0.01", "alpha: 1e-2")))
    assert found.models["bike-demand"].drift.alpha == 0.01


def test_a_training_role_is_one_role(tmp_path: Path) -> None:
    job = (
        "{image: i:1, role_arn: 'arn:aws:iam::123456789012:role/*', instance_type: ml.m5.large, output: s3://ml-data/o}"
    )
    text = GOOD.replace("pipeline: bike-demand-training", f"training_job: {job}")
    with pytest.raises(ConfigurationError, match=r"role_arn: String should match"):
        Manifest.load(written(tmp_path, text))
    assert Manifest.load(written(tmp_path, text.replace("role/*", "role/train/Trainer")))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere.yaml: cannot be read"):
        Manifest.load(tmp_path / "nowhere.yaml")


def test_scope_covers_by_glob_and_excepts() -> None:
    manifest = Manifest.load(ROOT / "governance.yaml")
    assert manifest.watches("anything")
    assert not manifest.watches("cdk-assets")


WAIVER = "control: access_logging, resource: ml-scratch, owner: platform, reason: scratch"


def test_a_waiver_loads_whatever_its_date(tmp_path: Path) -> None:
    for expires in ("1999-12-31", "2026-11-21", "9999-12-31"):
        text = f"waivers: [{{{WAIVER}, expires: {expires}}}]\n{WITHOUT_RULES}"
        [waiver] = Manifest.load(written(tmp_path, text)).waivers
        assert waiver.expires.isoformat() == expires


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (f"waivers: [{{{WAIVER}}}]", "waivers.0.expires: required, and missing"),
        (f"waivers: [{{{WAIVER}, expires: soon}}]", "waivers.0.expires: "),
        (
            "waivers: [{control: acces_logging, resource: a, owner: b, reason: c, expires: 2027-01-31}]",
            "no such control",
        ),
        (
            f"waivers: [{{{WAIVER}, expires: 2027-01-31}}, {{{WAIVER}, expires: 2028-01-31}}]",
            "found two: access_logging:ml-scratch",
        ),
        ("controls: [{control: lifecycle, clas: a}]", "unknown key, expected one of control, resource, class"),
    ],
)
def test_a_rule_that_cannot_be_obeyed_is_refused(tmp_path: Path, lines: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        Manifest.load(written(tmp_path, f"{lines}\n{WITHOUT_RULES}"))


@pytest.mark.parametrize(
    ("said", "control", "mode"),
    [
        ("plan", "tls_only", "plan"),
        ("{default: plan, tls_only: auto}", "tls_only", "auto"),
        ("{default: plan, tls_only: auto}", "lifecycle", "plan"),
        ("{tls_only: auto}", "lifecycle", "off"),
    ],
)
def test_remediation_is_switched_by_bucket_and_control(tmp_path: Path, said: str, control: str, mode: str) -> None:
    manifest = Manifest.load(written(tmp_path, GOOD.replace("remediation: plan", f"remediation: {said}")))
    assert manifest.remediation_mode("ml-data", control) == mode
    assert manifest.remediation_mode("not-under-buckets", control) == "off"


def test_remediation_of_an_unknown_control_or_mode_is_refused(tmp_path: Path) -> None:
    for said in ("{tls_onli: auto}", "sometimes", "{tls_only: yes please}"):
        with pytest.raises(ConfigurationError, match=r"buckets\.0\.remediation"):
            Manifest.load(written(tmp_path, GOOD.replace("remediation: plan", f"remediation: {said}")))


def test_the_schema_is_closed_and_names_every_key() -> None:
    said = schema()
    assert said["additionalProperties"] is False
    assert set(said["properties"]) == {"scope", "controls", "waivers", "buckets", "models"}


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("closed_by: success", None),
        ("closed_by: manifest, due: {every_hours: 24, grace_hours: 2}", None),
        ("due: {every_hours: 24}", None),
        ("closed_by: marker", "object"),
        ("due: {grace_hours: 2}", "required, and missing"),
        ("due: {every_hours: 0}", "greater than or equal to 1"),
        ("due: {every_hours: 24, grace: 2}", "unknown key, expected one of every_hours, grace_hours"),
    ],
)
def test_what_closes_a_batch_and_when_one_is_due(tmp_path: Path, keys: str, said: str | None) -> None:
    text = GOOD.replace("since: deploy", f"since: deploy, {keys}")
    assert text != GOOD
    if said is None:
        Manifest.load(written(tmp_path, text))
        return
    with pytest.raises(ConfigurationError, match=said):
        Manifest.load(written(tmp_path, text))


@pytest.mark.parametrize(("same", "said"), [("month", None), ("weekday", None), ("year", "month")])
def test_a_season_is_a_month_or_a_weekday(tmp_path: Path, same: str, said: str | None) -> None:
    text = GOOD.replace("    drift:", f"    seasonal: {{same: {same}}}\n    drift:", 1)
    assert text != GOOD
    if said is None:
        Manifest.load(written(tmp_path, text))
        return
    with pytest.raises(ConfigurationError, match=said):
        Manifest.load(written(tmp_path, text))
