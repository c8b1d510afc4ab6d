from datetime import datetime, timedelta
from typing import Any

import pytest

from holdfast.compliance.contract import Finding, ResourceJudged
from holdfast.compliance.entries import FOLD, ResourceState
from holdfast.compliance.exports.news import batches, news
from holdfast.compliance.logic import decide
from holdfast.compliance.resource import Resource
from holdfast.ledger.contract import Cause, Entry
from holdfast.ledger.logic import Author, Link, append
from holdfast.shared.errors import ContractError
from tests.unit.compliance.formats.made import NOON

BUCKET = Resource("s3_bucket", "training-data", "123456789012", "eu-west-1")
CLOSED = "the resource is gone"


def finding(control: str, verdict: str, reason: str = "so it is") -> Finding:
    return Finding.model_validate(
        {"control": control, "references": ("FSBP S3.5",), "severity": "medium", "verdict": verdict, "reason": reason}
    )


class Stream:
    """What the judge would record of one bucket, a look an hour."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._state, self._link = ResourceState(), Link()

    def look(self, *findings: Finding, is_gone: bool = False) -> list[dict[str, Any]]:
        """Judge, record, and give what Security Hub is told of it."""
        decision = decide(
            self._state, resource=BUCKET, findings=None if is_gone else findings, type_name="AWS::S3::Bucket"
        )
        assert decision is not None
        entry = append(
            decision, stream=BUCKET.stream, after=self._link, author=Author("judge", "m"), cause=Cause("a", "a"),
            now=self.time(len(self.entries)),
        )  # fmt: skip
        self._state, self._link = FOLD.evolve(self._state, entry), Link(entry.sequence, entry.hash)
        self.entries.append(entry)
        return news(entry, self.entries, partition="aws")

    @staticmethod
    def time(number: int) -> datetime:
        """Give the time of a look."""
        return NOON + timedelta(hours=number)


def told(findings: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    return {
        one["ProductFields"]["holdfast/control"]: (one["Compliance"]["Status"], one["RecordState"]) for one in findings
    }


def test_of_a_resource_seen_for_the_first_time_only_what_is_not_well_is_told() -> None:
    found = Stream().look(
        finding("tls_only", "fail"), finding("lifecycle", "pass"), finding("acls_disabled", "unknown")
    )
    assert told(found) == {"tls_only": ("FAILED", "ACTIVE"), "acls_disabled": ("NOT_AVAILABLE", "ACTIVE")}


def test_what_did_not_change_is_not_told_again() -> None:
    stream = Stream()
    stream.look(finding("tls_only", "fail"), finding("lifecycle", "fail"))
    assert told(stream.look(finding("tls_only", "fail"), finding("lifecycle", "pass"))) == {
        "lifecycle": ("PASSED", "ARCHIVED")
    }


def test_a_fixed_finding_is_archived_under_its_own_id_and_opened_again_when_it_comes_back() -> None:
    stream = Stream()
    looks = [stream.look(finding("tls_only", verdict)) for verdict in ("fail", "pass", "fail")]
    assert [one["RecordState"] for [one] in looks] == ["ACTIVE", "ARCHIVED", "ACTIVE"]
    assert len({one["Id"] for [one] in looks}) == 1
    assert [one["UpdatedAt"] for [one] in looks] == sorted(one["UpdatedAt"] for [one] in looks)


def test_the_findings_of_what_is_gone_are_archived() -> None:
    stream = Stream()
    stream.look(finding("tls_only", "fail"), finding("lifecycle", "unknown"))
    found = stream.look(is_gone=True)
    assert told(found) == dict.fromkeys(("tls_only", "lifecycle"), ("NOT_AVAILABLE", "ARCHIVED"))
    assert {one["Description"] for one in found} == {CLOSED}


def test_a_finding_whose_control_is_switched_off_is_archived() -> None:
    stream = Stream()
    stream.look(finding("tls_only", "fail"), finding("lifecycle", "pass"))
    [found] = stream.look(finding("lifecycle", "pass"))
    assert (found["RecordState"], "does not hold" in found["Description"]) == ("ARCHIVED", True)


def test_a_resource_made_anew_starts_anew() -> None:
    stream = Stream()
    stream.look(finding("tls_only", "fail"))
    stream.look(is_gone=True)
    assert stream.look(finding("tls_only", "pass")) == []


def test_a_failure_is_first_observed_when_it_began_not_when_its_reason_changed() -> None:
    stream = Stream()
    for verdict, reason in (("fail", "a"), ("pass", "b"), ("fail", "c"), ("fail", "d")):
        [found] = stream.look(finding("tls_only", verdict, reason))
    assert found["FirstObservedAt"].startswith(f"{stream.time(2):%Y-%m-%dT%H}")
    assert found["UpdatedAt"].startswith(f"{stream.time(3):%Y-%m-%dT%H}")


def test_the_same_entry_tells_the_same_whatever_came_after_it() -> None:
    stream = Stream()
    first = stream.look(finding("tls_only", "fail"))
    stream.look(finding("tls_only", "pass"))
    assert news(stream.entries[0], stream.entries, partition="aws") == first


def test_an_entry_of_another_kind_is_refused() -> None:
    stream = Stream()
    stream.look(finding("tls_only", "fail"))
    other = stream.entries[0].model_copy(update={"kind": "Batch Judged"})
    with pytest.raises(ContractError, match=f"expected '{ResourceJudged.kind}'"):
        news(other, [], partition="aws")


def test_batches_keep_to_what_security_hub_takes() -> None:
    portions = list(batches([{"Id": str(number), "Description": "d" * 100_000} for number in range(130)]))
    assert all(len(portion) <= 100 for portion in portions)
    assert all(sum(len(str(one)) for one in portion) <= 6_000_000 for portion in portions)
    assert [one["Id"] for portion in portions for one in portion] == [str(number) for number in range(130)]
    assert [len(one) for one in batches([{"Id": str(number)} for number in range(201)])] == [100, 100, 1]


def test_a_finding_too_large_for_security_hub_is_refused_aloud() -> None:
    with pytest.raises(ContractError, match="expected at most 240000"):
        list(batches([{"Id": "a", "Description": "d" * 240_001}]))
