"""`holdfast remediate`: a person sees, allows, carries out and takes back what would put a bucket right."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from holdfast.compliance import catalogue
from holdfast_console.main import main
from holdfast_console.remediation import desk
from tests.conftest import TABLE
from tests.integration.compliance.remedies import NAME, OWNED, House, faults, forget, furnish

DENIED = {"PutBucketTagging": ("AccessDenied", 403)}


@pytest.fixture
def house(
    ledger: Any, queued: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """Furnish a house in which every plan awaits approval."""
    house = furnish(ledger, queued, tmp_path, monkeypatch)
    house.govern("approve")
    house.tag(team="shop")
    yield house
    monkeypatch.undo()
    catalogue.controls_of.cache_clear()
    catalogue.events_of.cache_clear()
    forget()


@pytest.fixture
def holdfast(house: House, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run the command on the house's ledger, and give its exit code and what it printed."""

    def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        table = ["--ledger-table", TABLE, "--manifest", str(house.shipped)]
        code = main(["remediate", arguments[0], *table, *arguments[1:]])
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


Run = Callable[..., tuple[int, str]]


def test_show_lists_plans_with_their_exact_calls_and_the_difference(house: House, holdfast: Run) -> None:
    plan = house.planned()
    code, told = holdfast("show")
    assert code == 0
    assert plan.decision_id[:12] in told
    assert "awaiting approval" in told
    assert (
        's3.put_bucket_versioning(Bucket="training-data", VersioningConfiguration={"Status": "Enabled"})'
        "  (s3:PutBucketVersioning)"
    ) in told
    assert '+  "Status": "Enabled"' in told
    assert "undo  s3.put_bucket_tagging(" in told
    assert house.versioning() is None


def test_show_as_json_has_all_of_a_plan_on_one_line(house: House, holdfast: Run) -> None:
    plan = house.planned()
    code, told = holdfast("show", NAME, "--json")
    [line] = [json.loads(line) for line in told.splitlines()]
    assert code == 0
    assert (line["plan"], line["resource"], line["control"]) == (plan.decision_id, NAME, OWNED.id)
    assert (line["status"], line["mode"], line["digest"]) == ("awaiting_approval", "approve", plan.body["digest"])
    assert [call["operation"] for call in line["calls"]] == ["put_bucket_versioning", "put_bucket_tagging"]
    assert line["changes"][0] == {"setting": "bucket_versioning", "before": {}, "after": {"Status": "Enabled"}}
    assert {"does", "broken", "undo", "expires_at", "reason"} <= line.keys()


def test_show_says_when_nothing_is_planned_and_shows_what_is_over_only_if_asked(house: House, holdfast: Run) -> None:
    assert "nothing is planned" in holdfast("show")[1]
    house.remedy(house.approve(house.planned()))
    assert "nothing is planned" in holdfast("show")[1]
    assert "applied" in holdfast("show", "--all")[1]


def test_an_approval_is_recorded_in_the_callers_name_and_orders_the_remediator(house: House, holdfast: Run) -> None:
    plan = house.planned()
    code, told = holdfast("approve", plan.decision_id[:10], "--yes", "--json")
    assert code == 0
    assert json.loads(told)["outcome"] == "approved"
    approval = house.entries()[-1]
    assert approval.kind == "Remediation Approved"
    assert approval.body["by"].startswith("arn:aws:sts::123456789012:")
    assert approval.actor == "holdfast remediate"
    assert house.remedy(approval) == []
    assert house.tags() == {"team": "shop", "owner": "data-team"}


def test_approving_twice_is_one_approval(house: House, holdfast: Run) -> None:
    plan = house.planned()
    assert holdfast("approve", plan.decision_id, "--yes")[0] == 0
    assert holdfast("approve", plan.decision_id, "--yes")[0] == 0
    assert house.story() == [("Planned", "awaiting_approval"), ("Approved", "approved")]


def test_without_a_yes_nothing_is_approved(house: House, holdfast: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = house.planned()
    monkeypatch.setattr("click.confirm", lambda *_, **__: False)
    assert holdfast("approve", plan.decision_id)[0] == 2
    assert house.story() == [("Planned", "awaiting_approval")]


def test_what_the_manifest_only_plans_cannot_be_approved(house: House, holdfast: Run) -> None:
    house.govern("plan")
    plan = house.planned()
    code, told = holdfast("approve", plan.decision_id, "--yes")
    assert (code, house.story()) == (2, [("Planned", "planned")])
    assert "expected approve or auto" in told


def test_an_approved_plan_is_carried_out_from_here(house: House, holdfast: Run) -> None:
    plan = house.planned()
    code, told = holdfast("apply", plan.decision_id, "--yes")
    assert (code, house.versioning()) == (2, None)
    assert "expected an approved one" in told
    holdfast("approve", plan.decision_id, "--yes")
    assert holdfast("apply", plan.decision_id, "--yes")[0] == 0
    assert (house.versioning(), house.tags()) == ("Enabled", {"team": "shop", "owner": "data-team"})
    assert house.entries()[-1].body["by"].startswith("arn:aws:sts::")
    assert house.remedy(house.entries()[1]) == [], "the remediator finds the outcome on record"
    assert house.story()[-1] == ("Applied", "applied")


def test_a_bucket_that_changed_since_the_plan_is_not_changed_from_here_either(house: House, holdfast: Run) -> None:
    plan = house.planned()
    holdfast("approve", plan.decision_id, "--yes")
    house.tag(team="other")
    code, told = holdfast("apply", plan.decision_id, "--yes")
    assert (code, house.versioning(), house.tags()) == (1, None, {"team": "other"})
    assert "changed since the plan" in told


def test_a_failure_from_here_leaves_the_bucket_as_it_was(house: House, holdfast: Run) -> None:
    plan = house.planned()
    holdfast("approve", plan.decision_id, "--yes")
    with faults(refuse=DENIED):
        code, told = holdfast("apply", plan.decision_id, "--yes", "--json")
    assert (code, json.loads(told.splitlines()[0])["outcome"]) == (1, "restored")
    assert (house.versioning(), house.tags()) == ("Suspended", {"team": "shop"})


def test_a_failed_plan_cannot_be_approved_once_the_bucket_is_another(house: House, holdfast: Run) -> None:
    plan = house.planned()
    holdfast("approve", plan.decision_id, "--yes")
    with faults(refuse=DENIED):
        holdfast("apply", plan.decision_id, "--yes")
    assert holdfast("approve", plan.decision_id, "--yes")[0] == 0
    assert holdfast("apply", plan.decision_id, "--yes")[0] == 1, "never set is not the same as suspended"
    assert house.story()[-1] == ("Refused", "changed")


def test_undo_brings_back_the_state_before(house: House, holdfast: Run) -> None:
    plan = house.planned()
    house.remedy(house.approve(plan))
    assert holdfast("undo", plan.decision_id, "--yes")[0] == 0
    assert (house.versioning(), house.tags()) == ("Suspended", {"team": "shop"})
    assert house.story()[-2:] == [("Begun", "taking_back"), ("Undone", "undone")]
    assert house.plan(*house.judge()) == house.plan() == []


def test_undo_leaves_alone_what_changed_since_unless_forced(house: House, holdfast: Run) -> None:
    plan = house.planned()
    house.remedy(house.approve(plan))
    house.tag(team="shop", owner="ada")
    code, told = holdfast("undo", plan.decision_id, "--yes")
    assert (code, house.tags()) == (2, {"team": "shop", "owner": "ada"})
    assert "--force" in told
    assert holdfast("undo", plan.decision_id, "--yes", "--force")[0] == 0
    assert house.tags() == {"team": "shop"}


def test_an_undo_that_is_interrupted_is_finished_by_the_next(house: House, holdfast: Run) -> None:
    plan = house.planned()
    house.remedy(house.approve(plan))
    with faults(refuse={"PutBucketVersioning": ("AccessDenied", 403)}):
        assert holdfast("undo", plan.decision_id, "--yes")[0] == 1
    assert house.story()[-1] == ("Failed", "not_restored")
    assert holdfast("undo", plan.decision_id, "--yes")[0] == 0
    assert (house.versioning(), house.tags()) == ("Suspended", {"team": "shop"})


def test_there_is_nothing_to_undo_in_a_plan_that_was_never_applied(house: House, holdfast: Run) -> None:
    plan = house.planned()
    code, told = holdfast("undo", plan.decision_id, "--yes", "--force")
    assert (code, house.versioning()) == (2, None)
    assert "nothing to take back" in told


def test_credentials_of_another_account_change_and_record_nothing(
    house: House, holdfast: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = house.planned()
    house.approve(plan)
    monkeypatch.setattr(
        desk, "caller", lambda _: ("210987654321", "arn:aws:sts::210987654321:assumed-role/other/someone")
    )
    code, told = holdfast("apply", plan.decision_id, "--yes")
    assert (code, house.versioning()) == (2, None)
    assert "for account 123456789012" in told
    assert house.story()[-1] == ("Approved", "approved")


@pytest.mark.parametrize(
    ("reference", "said"), [("../x", "6 or more"), ("abc", "6 or more"), ("0" * 64, "no bucket's latest plan")]
)
def test_a_plan_that_is_not_there_is_named(house: House, holdfast: Run, reference: str, said: str) -> None:
    house.planned()
    code, told = holdfast("approve", reference, "--yes")
    assert code == 2
    assert said in told
