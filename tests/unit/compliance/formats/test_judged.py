from dataclasses import replace
from datetime import timedelta

from holdfast.compliance import catalogue
from holdfast.compliance.contract import Finding
from holdfast.compliance.formats.judged import arn_of, told
from holdfast.compliance.resource import Resource
from tests.unit.compliance.formats.made import DECLARED, FAILED, NOON, made

BUCKET = Resource("s3_bucket", "training-data", "123456789012", "eu-west-1")


def test_the_same_finding_keeps_its_fingerprint_whatever_its_verdict() -> None:
    later = made(verdict="pass", reason="fine now", severity="low", observed_at=NOON + timedelta(days=9))
    assert later.fingerprint == FAILED.fingerprint


def test_another_resource_control_account_or_region_is_another_finding() -> None:
    others = [made(resource="b"), made(control="b"), made(account="210987654321"), made(region="us-east-1"), DECLARED]
    assert len({FAILED.fingerprint, *(one.fingerprint for one in others)}) == 1 + len(others)


def test_a_declared_finding_stays_the_same_when_lines_move() -> None:
    assert replace(DECLARED, line=400).fingerprint == DECLARED.fingerprint


def test_parts_of_a_name_cannot_be_taken_for_one_another() -> None:
    assert made(kind="a", resource="b/c").fingerprint != made(kind="a/b", resource="c").fingerprint


def test_a_finding_is_told_with_what_the_catalogue_says_of_its_control() -> None:
    control, kind = catalogue.every_control()["tls_only"], catalogue.every_kind()["s3_bucket"]
    finding = Finding(control="tls_only", references=("FSBP S3.5",), severity="medium", verdict="fail", reason="open")
    found = told(finding, control, BUCKET, kind, now=NOON)
    assert (found.title, found.advice, found.rationale) == (control.title, control.advice, control.rationale)
    assert (found.resource_type, found.arn) == ("AWS::S3::Bucket", "arn:aws:s3:::training-data")


def test_a_finding_outlives_its_control() -> None:
    finding = Finding(control="retired", references=(), severity="low", verdict="fail", reason="open")
    assert told(finding, None, BUCKET, catalogue.every_kind()["s3_bucket"], now=NOON).title == "retired"


def test_a_bucket_in_china_has_an_arn_of_that_partition() -> None:
    bucket = Resource("s3_bucket", "data", "123456789012", "cn-north-1", "aws-cn")
    assert arn_of(bucket, catalogue.every_kind()["s3_bucket"]) == "arn:aws-cn:s3:::data"
    assert made(region="cn-north-1").partition == "aws-cn"


def test_what_has_no_arn_gets_none() -> None:
    account = Resource("aws_account", "123456789012", "123456789012", "eu-west-1")
    assert arn_of(account, catalogue.every_kind()["aws_account"]) is None
