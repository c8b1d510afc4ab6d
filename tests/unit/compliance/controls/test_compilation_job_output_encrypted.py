from typing import Any

import pytest

from holdfast.compliance.controls.compilation_job_output_encrypted import CONTROL
from holdfast.compliance.reads.sagemaker_jobs import COMPILATION
from tests.unit.compliance.look import look


def rule(settings: dict[str, Any], **parameters: Any) -> tuple[str, str]:
    return look(CONTROL, {COMPILATION: {"OutputConfig": settings}}, **parameters)


@pytest.mark.parametrize(("key", "verdict"), [("alias/ours", "pass"), ("", "fail")])
def test_only_an_output_with_a_key_complies(key: str, verdict: str) -> None:
    assert rule({"KmsKeyId": key})[0] == verdict


def test_an_output_for_which_no_key_was_named_breaks_it() -> None:
    assert rule({"S3OutputPath": "s3://results"}) == ("fail", "its output has no KMS key of ours")
