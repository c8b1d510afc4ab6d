from holdfast.compliance.remediation.state import FOLD, RemediationState
from holdfast.ledger.logic import MOST_STATE_BYTES, snapshot
from tests.unit.compliance.remediation.test_planning import CONTROL, Story, seen


def test_an_entry_about_a_plan_that_is_not_the_latest_changes_nothing() -> None:
    story = Story()
    story.plan(seen())
    superseded = story.state.held[CONTROL.id]
    story.plan(seen(a="1"))
    latest = story.state.held[CONTROL.id]
    story.apply(held=superseded)
    assert story.state.held[CONTROL.id] == latest
    assert story.state.automatic == {}


def test_the_head_stays_small_with_every_control_of_a_bucket_in_it() -> None:
    story = Story()
    for turn in range(12):
        story.plan(seen(turn=str(turn)))
        story.apply()
    held, done = story.state.held[CONTROL.id], story.state.automatic[CONTROL.id]
    crowd = RemediationState(
        sequence=9999,
        held={f"a_control_of_some_length_{number}": held for number in range(25)},
        automatic={f"a_control_of_some_length_{number}": done for number in range(25)},
    )
    assert len(snapshot(crowd, stream="s")) <= MOST_STATE_BYTES
    assert FOLD.version == 1
