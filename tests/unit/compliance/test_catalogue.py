from holdfast.compliance import controls
from holdfast.compliance.contract import BucketChanged
from holdfast.compliance.control import Control
from holdfast.compliance.logic import event_names
from holdfast.shared.catalogue import discover

CATALOGUE = tuple(discover(controls, Control).values())


def test_every_control_says_what_it_answers_to() -> None:
    for control in CATALOGUE:
        assert {reference.split()[0] for reference in control.references} == {"FSBP", "Config", "Prowler"}, control.id
        assert control.events
        assert control.reads
        assert control.title


def test_every_event_of_a_control_is_taken_for_a_change_of_a_bucket() -> None:
    for name in event_names(CATALOGUE):
        told = BucketChanged.receive({"detail": {"eventName": name}})
        assert told.is_change
        assert not told.is_read_only


def test_a_bucket_that_comes_or_goes_is_judged_whatever_the_controls() -> None:
    assert event_names(()) == ("CreateBucket", "DeleteBucket")


def test_cloudtrails_own_spellings_are_among_the_events() -> None:
    assert {"PutBucketPublicAccessBlock", "PutBucketLifecycle", "DeleteBucketPublicAccessBlock"} <= set(
        event_names(CATALOGUE)
    )


def test_a_read_of_one_fact_is_the_same_in_every_control() -> None:
    reads = {read for control in CATALOGUE for read in control.reads}
    assert len({read.fact for read in reads}) == len(reads)


def test_only_reading_is_asked_for() -> None:
    asked = {(read.level, read.permission) for control in CATALOGUE for read in control.reads}
    assert all(permission.startswith("s3:Get") for _, permission in asked)
    assert {permission for level, permission in asked if level == "account"} == {"s3:GetAccountPublicAccessBlock"}
