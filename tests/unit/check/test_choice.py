from pathlib import Path

import click
import pytest

from holdfast.compliance.rulebook import Everything
from holdfast.shared.errors import ConfigurationError
from holdfast_console.check.choice import kinds_called, parameters_in, tried


def test_a_kind_goes_by_its_id_a_glob_of_it_or_cloudformations_type() -> None:
    assert [kind.id for kind in kinds_called(["s3_bucket"])] == ["s3_bucket"]
    assert [kind.id for kind in kinds_called(["aws::s3::bucket"])] == ["s3_bucket"]
    assert {kind.resource_type.split("::")[1] for kind in kinds_called(["sagemaker_*"])} == {"SageMaker"}


def test_a_kind_that_there_is_not_is_a_misuse() -> None:
    with pytest.raises(click.UsageError, match="no kind of resource is 's3_buckets'"):
        kinds_called(["s3_buckets"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.json", '{"S3.13": {"targetExpirationDays": 30}}'),
        ("p.yaml", "S3.13:\n  targetExpirationDays: 30\n"),
        ("p", '\ufeff{"S3.13": {"targetExpirationDays": 30}}'),
    ],
)
def test_parameters_are_read_from_json_or_yaml(name: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert parameters_in(path) == {"S3.13": {"targetExpirationDays": 30}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"S3.99": {}}', "S3.99"),
        ('{"S3.13": 30}', "expected names and values"),
        ("[1]", "expected control ids or references"),
        ('{"S3.13": {"targetExpirationDays": NaN}}', "NaN is not json"),
        ("{", "not json"),
    ],
)
def test_what_is_wrong_with_a_file_of_parameters_is_said_with_its_name(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=said) as raised:
        parameters_in(path)
    assert "p.json" in str(raised.value)


def test_the_parameters_in_the_handbook_are_ones_that_controls_take(tmp_path: Path) -> None:
    handbook = (Path(__file__).parents[3] / "docs" / "check.md").read_text()
    path = tmp_path / "params.yaml"
    path.write_text(handbook.partition("```yaml\n")[2].partition("```")[0])
    tried(Everything(parameters_in(path)))
