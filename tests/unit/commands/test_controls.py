"""`holdfast controls` and the document that is made of it."""

import json
from pathlib import Path

import pytest

from holdfast.compliance.catalogue import every_control
from holdfast_console.main import main

DOCUMENT = Path(__file__).parents[3] / "docs" / "controls.md"


def test_every_control_is_listed_with_what_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["controls", "--json"]) == 0
    told = {line["id"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert set(told) == set(every_control())
    assert told["tls_only"]["reads"] == [{"permission": "s3:GetBucketPolicy", "level": "bucket"}]
    assert {"FSBP S3.5", "Config s3-bucket-ssl-requests-only"} <= set(told["tls_only"]["references"])
    assert "targetExpirationDays" in told["lifecycle"]["parameters"]


def test_the_document_is_what_the_command_writes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["controls", "--markdown"]) == 0
    assert capsys.readouterr().out == DOCUMENT.read_text(), "run: holdfast controls --markdown > docs/controls.md"


def test_the_table_names_every_control(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["controls"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in every_control())
