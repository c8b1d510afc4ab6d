"""Who may change a bucket: one role, on the buckets and by the calls that the manifest switches on, or nobody."""

import json
import re
from typing import Any

import pytest

from holdfast.compliance import catalogue
from holdfast.compliance.remediation.look import reads_of
from holdfast.compliance.remediation.settings import LAST_ATTEMPT, METRIC, RemediationSettings
from holdfast.manifest import Manifest
from holdfast.shared.errors import ConfigurationError
from infra.constructs.inbox import MOST_RECEIVES
from infra.constructs.remediation import switched_on
from tests.conftest import REGION
from tests.infrastructure.conftest import Built
from tests.infrastructure.house import House, deployed, listed, size
from tests.infrastructure.test_rules import reached

CHANGES_BUCKETS = re.compile(r"^s3:(Put|Delete)(?!Object)")
ON = [
    {"control": control, "enabled": True, "resource": "ml-data"}
    for control in ("versioning_enabled", "lifecycle", "tls_only", "default_encryption")
]


def governed(*modes: object, controls: list[Any] = ON) -> Manifest:
    """A manifest of buckets ml-data, ml-1, ml-2 ... with these modes."""
    names = ["ml-data", *(f"ml-{number}" for number in range(1, len(modes)))]
    buckets = [{"name": name, "region": REGION, "remediation": mode} for name, mode in zip(names, modes, strict=True)]
    return Manifest.model_validate({"buckets": buckets, "controls": controls})


def changes(house: House) -> dict[str, list[str]]:
    """Every permission to change a bucket that any role has, and on what."""
    found: dict[str, list[str]] = {}
    for name in house.functions:
        for one in house.statements(name):
            for action in listed(one["Action"]):
                if CHANGES_BUCKETS.match(action):
                    found.setdefault(f"{name} {action}", []).extend(map(deployed, listed(one["Resource"])))
    return {key: sorted(resources) for key, resources in sorted(found.items())}


@pytest.mark.parametrize("mode", ["off", "plan", {"default": "off", "lifecycle": "plan"}])
def test_nobody_may_change_a_bucket_unless_the_manifest_lets_a_plan_be_carried_out(built: Built, mode: object) -> None:
    house = built(governed(mode))
    assert changes(house) == {}
    assert "Remediator" not in house.functions
    assert ("RemediationPlanner" in house.functions) == (mode != "off")


def test_the_one_role_may_make_the_calls_switched_on_on_exactly_those_buckets(built: Built) -> None:
    house = built(
        governed({"default": "plan", "versioning_enabled": "auto"}, {"default": "off", "lifecycle": "approve"}, "off")
    )
    assert changes(house) == {
        "Remediator s3:PutBucketVersioning": ["arn:aws:s3:::ml-data"],
        "Remediator s3:PutLifecycleConfiguration": ["arn:aws:s3:::ml-1"],
    }


def test_a_control_that_does_not_hold_for_a_bucket_grants_nothing_there() -> None:
    off = [{"control": "lifecycle", "enabled": False}]
    found = {(one.bucket, one.control.id) for one in switched_on(governed("auto", "auto", controls=off))}
    assert not {name for _, name in found} & {"lifecycle", "versioning_enabled"}, "one is off, one is optional"
    assert {bucket for bucket, _ in found} == {"ml-data", "ml-1"}


@pytest.fixture(scope="module")
def house(built: Built) -> House:
    """A house in which one bucket is put right."""
    return built(governed({"default": "plan", "versioning_enabled": "auto"}))


@pytest.mark.parametrize(("name", "most"), [("RemediationPlanner", None), ("Remediator", "versioning_enabled")])
def test_both_read_what_the_plans_are_bound_to_on_those_buckets_only(house: House, name: str, most: str | None) -> None:
    switched = [one.control for one in switched_on(governed({"default": "plan", "versioning_enabled": "auto"}))]
    reads = [read for control in switched if most in (None, control.id) for read in reads_of(control)]
    wanted = {call.permission for read in reads for call in read.calls if call.level == "bucket"}
    found = {
        action
        for one in house.statements(name)
        if [deployed(arn) for arn in listed(one["Resource"])] == ["arn:aws:s3:::ml-data"]
        for action in listed(one["Action"])
        if action.startswith("s3:Get")
    }
    assert found == wanted


@pytest.mark.parametrize("name", ["RemediationPlanner", "Remediator"])
def test_both_commit_to_the_stream_of_remediation_only(house: House, name: str) -> None:
    (statement,) = (one for one in house.statements(name) if "dynamodb:PutItem" in listed(one["Action"]))
    written = ["stream#remediation#*", "decision#*", "outbox#*"]
    assert statement["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": written}}


def test_the_planner_changes_nothing_but_the_ledger(house: House) -> None:
    actions = {action for one in house.statements("RemediationPlanner") for action in listed(one["Action"])}
    changing = {action for action in actions if re.search(r":(Put|Delete|Create|Update|Pass|Publish|Send)", action)}
    assert changing == {"dynamodb:PutItem", "logs:CreateLogStream", "logs:PutLogEvents", "sqs:DeleteMessage",
                        "xray:PutTelemetryRecords", "xray:PutTraceSegments"}  # fmt: skip


def test_both_know_where_they_are_and_what_is_their_own(house: House) -> None:
    for name in ("RemediationPlanner", "Remediator"):
        said = house.functions[name]["Properties"]["Environment"]["Variables"]
        assert json.dumps(said["HOLDFAST_OWN_BUCKETS"]).count("ImportValue") == 4
        found = RemediationSettings.load({key: str(deployed(value)) for key, value in said.items()} | PLACE)
        assert len(found.own_buckets) == 4
    planner = house.functions["RemediationPlanner"]["Properties"]["Environment"]["Variables"]
    assert planner["HOLDFAST_REMEDIATOR_ROLE"] == {"Ref": house.logical("Remediation/Remediator/Role")}


PLACE = {"HOLDFAST_ACCOUNT": "123456789012", "HOLDFAST_REGION": REGION, "HOLDFAST_PARTITION": "aws"}


@pytest.mark.parametrize(
    ("kind", "outcome", "heard"),
    [
        ("Resource Judged", "fail", {"RemediationPlanner"}),
        ("Resource Judged", "pass", {"RemediationPlanner"}),
        ("Resource Judged", "deleted", {"RemediationPlanner"}),
        ("Resource Judged", "unknown", set()),
        ("Remediation Planned", "planned", set()),
        ("Remediation Planned", "awaiting_approval", {"Notifier"}),
        ("Remediation Planned", "ordered", {"Remediator"}),
        ("Remediation Approved", "approved", {"Remediator"}),
        ("Remediation Begun", "begun", set()),
        ("Remediation Applied", "applied", {"RemediationPlanner", "Notifier"}),
        ("Remediation Failed", "restored", {"Notifier"}),
        ("Remediation Failed", "not_restored", {"Notifier"}),
        ("Remediation Refused", "changed", {"RemediationPlanner"}),
        ("Remediation Refused", "expired", {"RemediationPlanner", "Notifier"}),
        ("Remediation Refused", "superseded", set()),
        ("Remediation Refused", "obsolete", set()),
        ("Remediation Undone", "undone", {"Notifier"}),
    ],
)
def test_an_announcement_reaches_exactly_those_it_concerns(
    house: House, kind: str, outcome: str, heard: set[str]
) -> None:
    detail = {"outcome": outcome, "kind": kind, "subject": "s3_bucket/ml-data"}
    event = {"source": "holdfast.ledger", "detail-type": kind, "detail": detail}
    found = reached(house, event, own_bus=True)
    assert found if kind == "Resource Judged" else found == heard
    assert found & {"RemediationPlanner", "Remediator"} == heard - {"Notifier"}


def test_what_is_said_of_other_kinds_reaches_neither(house: House) -> None:
    detail = {"outcome": "fail", "kind": "Resource Judged", "subject": "sagemaker_domain/d-1"}
    event = {"source": "holdfast.ledger", "detail-type": "Resource Judged", "detail": detail}
    assert not reached(house, event, own_bus=True) & {"RemediationPlanner", "Remediator"}


def test_a_failure_rings(house: House) -> None:
    (alarm,) = (
        one["Properties"]
        for path, one in house.of("AWS::CloudWatch::Alarm").items()
        if path.endswith("/Remediator/Alarms/Failed")
    )
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Threshold"]) == ("Holdfast/test", METRIC, 1)
    assert "Dimensions" not in alarm


def test_the_remediator_knows_its_last_attempt() -> None:
    assert LAST_ATTEMPT == MOST_RECEIVES


def test_more_buckets_than_can_be_named_exactly_are_refused(built: Built) -> None:
    with pytest.raises(ConfigurationError, match="exact names only"):
        built(governed(*(["auto"] * 1200)))


def test_as_many_buckets_as_can_be_named_fit_in_the_policies_of_the_role(built: Built) -> None:
    house = built(governed(*(["auto"] * 700)))
    kinds = {"inline": house.of("AWS::IAM::Policy"), "managed": house.of("AWS::IAM::ManagedPolicy")}
    for name in ("Remediator", "RemediationPlanner"):
        found = {
            kind: [size(one["Properties"]["PolicyDocument"]) for path, one in all_.items() if f"/{name}/Role/" in path]
            for kind, all_ in kinds.items()
        }
        assert sum(found["inline"]) <= 10_240
        assert max(found["managed"], default=0) <= 6_144
        assert len(found["managed"]) <= 10


def test_every_remedy_declares_calls_that_may_be_made_and_facts_that_show_them() -> None:
    from holdfast.compliance.remediation.effects import SETTINGS
    from holdfast_console.replay.calls_s3 import CONFIGURATION_WRITES

    known = {f"s3:{action}" for action in CONFIGURATION_WRITES.values()}
    offering = [control for control in catalogue.every_control().values() if control.remediation is not None]
    assert len(offering) >= 5
    for control in offering:
        assert control.kind == "s3_bucket", control.id
        assert set(control.remediation.permissions) <= known, control.id  # type: ignore[union-attr]
        shown = {call.operation for read in reads_of(control) for call in read.calls}
        assert shown & set(SETTINGS.values()), control.id
