import re
from collections.abc import Iterator
from functools import cache

import pytest
from botocore import xform_name
from botocore.session import get_session

from holdfast.compliance import catalogue
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Call, Read
from holdfast.compliance.kind import Kind
from holdfast.compliance.parameters import Parameters

CONTROLS = tuple(catalogue.every_control().values())
KINDS = tuple(catalogue.every_kind().values())
READS = sorted({read for control in CONTROLS for read in control.reads}, key=lambda read: read.id)
NAMES = {
    "FSBP": r"S3\.\d+",
    "Config": r"[a-z0-9]+(-[a-z0-9]+)+",
    "Prowler": r"[a-z0-9]+(_[a-z0-9]+)+",
    "CIS": r"\d\.\d \d(\.\d+)+",
    "NIST": r"800-53 [A-Z]{2}-\d+(\(\d+\))?",
    "Holdfast": r"[a-z0-9_]+",
    "SageMaker": r"\d+",
    "sample-aiml": r"SM-\d+",
}
APIS = {"aws.s3": ("s3", "s3control"), "aws.s3express": ("s3",)}
SPELT_BY_CLOUDTRAIL = frozenset(
    {
        "DeleteAccountPublicAccessBlock", "DeleteBucketPublicAccessBlock", "PutAccountPublicAccessBlock",
        "PutBucketObjectLockConfiguration", "PutBucketPublicAccessBlock",
    }
)  # fmt: skip
READING = re.compile(r"[a-z0-9-]+:(Get|List|Describe|BatchGet|BatchDescribe|Head|Search)[A-Za-z0-9]+")


@cache
def operations(service: str) -> frozenset[str]:
    return frozenset(get_session().get_service_model(service).operation_names)


def calls() -> Iterator[Call]:
    yield from (call for read in READS for call in read.calls)
    yield from (call for kind in KINDS for call in kind.lists)
    yield from (call for kind in KINDS for read in (kind.described, kind.tags) if read for call in read.calls)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_a_control_says_what_it_holds_why_and_how_to_mend_it(control: Control) -> None:
    for said in (control.title, control.rationale, control.advice):
        assert len(said) > 15
    assert control.rationale.endswith(".")
    assert control.advice.endswith(".")
    assert not control.title.endswith(".")


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_a_control_answers_to_names_that_others_know_it_by_if_there_are_any(control: Control) -> None:
    for reference in control.references:
        scheme, _, name = reference.replace("SageMaker.", "SageMaker ", 1).partition(" ")
        assert re.fullmatch(NAMES[scheme], name), reference
    assert len(set(control.references)) == len(control.references)


@pytest.mark.parametrize("scheme", ["FSBP", "Config", "Prowler", "SageMaker", "Holdfast"])
def test_a_name_is_answered_by_one_control_for_each_kind_of_resource(scheme: str) -> None:
    said = [(ref, control.kind) for control in CONTROLS for ref in control.references if ref.startswith(scheme)]
    assert sorted(said) == sorted(set(said))


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_the_events_of_a_control_are_calls_of_the_services_that_change_its_kind(control: Control) -> None:
    sources = catalogue.every_kind()[control.kind].sources
    services = {api for source in sources for api in APIS.get(source, (source.partition(".")[2],))}
    known = SPELT_BY_CLOUDTRAIL.union(*(operations(api) for api in services))
    told_otherwise = {name for pair in catalogue.SPELLINGS for name in pair}
    assert set(control.events) <= known | told_otherwise


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_the_events_of_a_kind_only_change_things(kind: Kind) -> None:
    assert not [name for name in catalogue.events_of(kind.id) if re.match("Get|List|Describe|Head", name)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_kind_is_named_as_cloudformation_names_it_and_can_be_found_in_its_events(kind: Kind) -> None:
    assert re.fullmatch(r"[A-Za-z0-9]+::[A-Za-z0-9]*::[A-Za-z0-9]+", kind.resource_type), kind.resource_type
    assert bool(catalogue.events_of(kind.id)) == bool(kind.sources)
    assert bool(kind.named_by) == bool(kind.sources)


@pytest.mark.parametrize("call", sorted(set(calls()), key=repr), ids=lambda call: f"{call.service}.{call.operation}")
def test_a_call_is_one_that_aws_has_and_its_permission_only_reads(call: Call) -> None:
    assert call.operation in {xform_name(name) for name in operations(call.service)}
    assert READING.fullmatch(call.permission), call.permission
    service = {"s3control": "s3"}.get(call.service, call.service)
    assert call.permission.partition(":")[0].startswith(service)


def test_a_fact_is_read_by_one_read_whichever_control_asks() -> None:
    assert len({read.id for read in READS}) == len(READS)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_parameters_have_names_in_camel_case_and_need_not_be_given(control: Control) -> None:
    assert control.parameters.read({}, of=control.id) is not None
    for name, field in control.parameters.model_fields.items():
        assert field.alias is not None
        assert "_" not in field.alias, name


@pytest.mark.parametrize("control", [one for one in CONTROLS if one.remediation], ids=lambda control: control.id)
def test_a_remediation_is_of_a_bucket_and_says_what_it_takes(control: Control) -> None:
    assert control.remediation is not None
    assert control.kind == "s3_bucket"
    assert all(re.fullmatch(r"s3:(Put|Delete)[A-Za-z]+", permission) for permission in control.remediation.permissions)
    assert set(control.reads) <= set(control.remediation.reads)


def test_cloudtrails_own_spellings_are_among_the_events() -> None:
    assert {
        "PutBucketPublicAccessBlock", "PutBucketLifecycle", "DeleteBucketPublicAccessBlock", "PutBucketNotification",
        "PutBucketObjectLockConfiguration", "PutBucketTagging", "CreateBucket", "DeleteBucket",
    } <= catalogue.events_of("s3_bucket")  # fmt: skip
    assert "PutAccountPublicAccessBlock" in catalogue.events_of("aws_account")


def test_a_read_declares_each_permission_once() -> None:
    def twice(read: Read) -> list[Call]:
        return [call for call in read.calls if read.calls.count(call) > 1]

    assert {read.id: twice(read) for read in READS if twice(read)} == {}


def test_the_base_takes_no_parameters() -> None:
    assert Parameters.model_fields == {}
