from typing import Any

import pytest

from holdfast.compliance.controls.model_package_approved import CONTROL
from holdfast.compliance.reads.sagemaker import PACKAGE
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"ModelApprovalStatus": "PendingManualApproval"}, "pass"),
        ({"ModelApprovalStatus": "Rejected"}, "pass"),
        ({}, "pass"),
        ({"ModelApprovalStatus": "Approved"}, "fail"),
        ({"ModelApprovalStatus": "Approved", "ApprovalDescription": "looked at"}, "pass"),
        (
            {
                "ModelApprovalStatus": "Approved",
                "LastModifiedTime": 1,
                "CreatedBy": {"UserProfileArn": "arn:me"},
                "LastModifiedBy": {"UserProfileArn": "arn:me"},
            },
            "fail",
        ),
        (
            {
                "ModelApprovalStatus": "Approved",
                "LastModifiedTime": 1,
                "CreatedBy": {"UserProfileArn": "arn:me"},
                "LastModifiedBy": {"IamIdentity": {"Arn": "arn:you"}},
            },
            "pass",
        ),
        ({"ModelApprovalStatus": "Approved", "LastModifiedTime": 1, "CreatedBy": {"UserProfileArn": "arn:me"}}, "fail"),
    ],
)
def test_an_approval_needs_a_reason_or_somebody_else(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {PACKAGE: said})[0] == verdict
