from holdfast.compliance.controls.waiver_used import CONTROL
from holdfast.compliance.facts import Unread
from holdfast.compliance.reads.waivers import MATCH, SAID
from tests.unit.compliance.look import look


def test_a_waiver_for_nothing_fails() -> None:
    assert look(CONTROL, {SAID: {"resource": "ml-*"}, MATCH: {"kind": "bucket", "first": None}})[0] == "fail"
    assert look(CONTROL, {SAID: {"resource": "ml-*"}, MATCH: {"kind": "bucket", "first": "ml-1"}})[0] == "pass"


def test_where_resources_cannot_be_listed_nothing_is_said_of_it() -> None:
    assert look(CONTROL, {SAID: {"resource": "ml-*"}, MATCH: Unread("s3:ListAllMyBuckets is denied")})[0] == "unknown"
