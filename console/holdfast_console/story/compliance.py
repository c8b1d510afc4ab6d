"""The chapters about resources: opened, held, put right, swept and waived."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from holdfast.compliance.contract import ResourceJudged
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Entry
from holdfast.ledger.logic import Author
from holdfast_console.remediation.desk import ACTOR, Desk
from holdfast_console.story.bucket import (
    CLOSED,
    LOGS,
    lose_tls,
    make_compliant,
    make_private,
    make_public,
)
from holdfast_console.story.chapter import Chapter, Claim

if TYPE_CHECKING:
    from holdfast_console.story.chapters import Teller

HELD, PROBED, REPAIRED, UNSEEN = "ml-data", "ml-exports", "ml-features", "ml-scratch"
DESK = "explorer"
MODEL = "delivery-times"
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
SIX_HOURS = timedelta(hours=6)
WARNED = [["waiver_runs_on"], ["waiver_in_force"]]


def opened(teller: "Teller") -> Chapter:
    """Opened, closed, opened again."""
    s3 = teller.twin.client("s3")
    make_compliant(s3, PROBED)
    teller.twin.settle()
    first = [entry.outcome for entry in _judged(teller, PROBED)]
    for step in (make_public, make_private, make_public):
        step(s3, PROBED)
        teller.twin.settle()
    outcomes = [entry.outcome for entry in _judged(teller, PROBED)]
    return Chapter(
        "A bucket is made public, closed, and made public again",
        "Each change reaches the judge by CloudTrail. The judge reads the live state and judges that: three changes "
        "of the verdict are three entries and three messages.",
        claims=[
            Claim("it complied at first", first[-1:] == ["pass"]),
            Claim("public, closed, public again: three entries", outcomes[len(first) :] == ["fail", "pass", "fail"]),
        ],
    )


def account(teller: "Teller") -> Chapter:
    """The account's own block goes up, and comes down."""
    control, there = teller.twin.client("s3control"), {"AccountId": teller.twin.account}
    control.put_public_access_block(**there, PublicAccessBlockConfiguration=CLOSED)
    teller.twin.advance(HOUR, ticks_every=HOUR)
    shut = _failing(_judged(teller, PROBED)[-1:])
    control.delete_public_access_block(**there)
    teller.twin.advance(HOUR, ticks_every=HOUR)
    said = [entry.outcome for entry in teller.new(ResourceJudged.kind, f"aws_account/{teller.twin.account}")]
    return Chapter(
        "One switch for the whole account",
        "The account's public access block is put up and taken down again. Nobody touched a bucket, and yet every "
        "bucket is looked at, for what it means to be public has changed: the one that the last chapter left open "
        "is shut by the account, and open once more.",
        claims=[
            Claim("the account passes, then fails", said == ["pass", "fail"]),
            Claim("the open bucket is public no more", bool(shut) and "public_read" not in shut),
            Claim("without the account's block it is public again", "public_read" in _failing(_judged(teller, PROBED))),
            Claim("of buckets that keep shut by themselves nothing is said", not _judged(teller, HELD)),
        ],
    )


def held(teller: "Teller") -> Chapter:
    """Drifted batches land in a bucket that is open to the world."""
    s3 = teller.twin.client("s3")
    make_public(s3, HELD)
    teller.twin.settle()
    for number in (11, 12):
        teller.batch(f"week-{number}", seed=20 + number, shift=0.7)
        teller.twin.advance(timedelta(minutes=1))
    teller.twin.advance(HOUR)
    waits, too_early = teller.new("Retrain Held", MODEL), teller.new("Run Started", MODEL)
    make_private(s3, HELD)
    teller.twin.advance(2 * HOUR)
    batches = teller.new("Batch Judged", MODEL)
    return Chapter(
        "Data in an open bucket is judged, and waits",
        "While anybody can read the bucket of the batches, two more drifted ones arrive. They are judged as ever, "
        "but held: training is due, and waits. What waits, and for which control, is on record. Once the bucket is "
        "closed the training starts by itself.",
        claims=[
            Claim("the open bucket fails, and the closed one passes", _outcomes(teller, HELD) == ["fail", "pass"]),
            Claim("both batches are judged to drift", [entry.outcome for entry in batches] == ["drift", "drift"]),
            Claim("both are held for what the bucket fails", all(entry.body["held_by"] for entry in batches)),
            Claim("the training that waits is on record once", len(waits) == 1 and not too_early),
            Claim("it starts once the bucket is closed", len(teller.new("Run Started", MODEL)) == 1),
        ],
    )


def repaired(teller: "Teller") -> Chapter:
    """One setting is put right by itself, another after a word from a person."""
    s3 = teller.twin.client("s3")
    lose_tls(s3, REPAIRED)
    teller.twin.settle()
    statements = json.loads(s3.get_bucket_policy(Bucket=REPAIRED)["Policy"])["Statement"]
    by_itself = [entry.outcome for entry in _remediation(teller)]
    s3.delete_public_access_block(Bucket=REPAIRED)
    teller.twin.settle()
    asked = _remediation(teller)[len(by_itself) :]
    _approve_all(teller)
    teller.twin.settle()
    answered = [entry.outcome for entry in _remediation(teller)][len(by_itself) + len(asked) :]
    return Chapter(
        "A bucket is put right",
        "A new policy forgets to forbid clear text, which the manifest lets Holdfast mend by itself: it plans the "
        "exact call, merges one statement into the policy as it is, and sees by the next look that the control holds. "
        "Then the public access block is deleted: for that the manifest wants a person's word.",
        claims=[
            Claim(
                "the lost statement was planned, begun and applied, once each",
                by_itself == ["ordered", "begun", "applied"],
            ),
            Claim("the policy was merged: the team still reads", {one["Sid"] for one in statements} > {"TeamReads"}),
            Claim("the other plan waits for approval", [entry.outcome for entry in asked] == ["awaiting_approval"]),
            Claim("a person approved it; it was begun and applied", answered == ["approved", "begun", "applied"]),
            Claim(
                "it fails and passes twice over: no change of our own starts another round",
                _outcomes(teller, REPAIRED) == ["fail", "pass"] * 2,
            ),
        ],
    )


def notebook(teller: "Teller") -> Chapter:
    """Somebody opens a notebook as AWS makes it if nothing is said."""
    sagemaker, subject = teller.twin.client("sagemaker"), f"sagemaker_notebook_instance/{DESK}"
    role = f"arn:aws:iam::{teller.twin.account}:role/explorer"
    sagemaker.create_notebook_instance(NotebookInstanceName=DESK, InstanceType="ml.t3.medium", RoleArn=role)
    teller.twin.settle()
    said = teller.new(ResourceJudged.kind, subject)
    found = _failing(said)
    sagemaker.stop_notebook_instance(NotebookInstanceName=DESK)
    sagemaker.delete_notebook_instance(NotebookInstanceName=DESK)
    teller.twin.settle()
    return Chapter(
        "A notebook as it comes",
        "A SageMaker notebook instance, made with what AWS takes for granted: direct access to the internet, and its "
        "user is root. The same judge says so, by the same catalogue; deleted, its findings are closed.",
        claims=[
            Claim("it fails at once", [entry.outcome for entry in said] == ["fail"]),
            Claim("for the internet and for root", {"notebook_no_direct_internet", "notebook_no_root"} <= found),
            Claim("deleted, it is closed", teller.new(ResourceJudged.kind, subject)[-1].outcome == "deleted"),
        ],
    )


def swept(teller: "Teller") -> Chapter:
    """A bucket comes and goes, and CloudTrail tells of neither."""
    s3, twin = teller.twin.client("s3"), teller.twin
    with twin.unseen():
        s3.create_bucket(Bucket=UNSEEN, CreateBucketConfiguration={"LocationConstraint": twin.region})
    twin.settle()
    unseen = not _judged(teller, UNSEEN)
    twin.advance(SIX_HOURS, ticks_every=2 * HOUR)
    found = _outcomes(teller, UNSEEN)
    with twin.unseen():
        s3.delete_bucket(Bucket=UNSEEN)
    twin.advance(SIX_HOURS, ticks_every=2 * HOUR)
    return Chapter(
        "What no event told of",
        "A bucket is made, and the event is lost: events are best effort. The sweep lists what there is every six "
        "hours and sends it to the same judge. When the bucket goes as silently as it came, the next sweep closes "
        "what was said of it.",
        claims=[
            Claim("no event told of the bucket", unseen),
            Claim("the sweep found it failing", found == ["fail"]),
            Claim("the next one found it gone, and closed it", _outcomes(teller, UNSEEN) == ["fail", "deleted"]),
        ],
    )


def waived(teller: "Teller") -> Chapter:
    """A permission with an end."""
    before = _latest(teller, LOGS)
    teller.twin.advance(4 * WEEK, ticks_every=WEEK)
    waiver = teller.new(ResourceJudged.kind, f"waiver/access_logging:{LOGS}")
    return Chapter(
        "A permission with an end",
        "The bucket that takes the access logs logs nothing itself. The manifest waives that: with an owner, a reason "
        "and a last day. The waiver is itself watched: its end is announced two weeks ahead, and when it comes, the "
        "bucket fails.",
        claims=[
            Claim(
                "so far it passed, with one control waived, by whom and why",
                before.outcome == "pass" and "platform-team" in _waived(before).get("access_logging", ""),
            ),
            Claim("the end was announced, and came", [sorted(_failing([one])) for one in waiver] == WARNED),
            Claim("from then on the bucket fails", _outcomes(teller, LOGS) == ["fail"]),
        ],
    )


CHAPTERS = (opened, account, held, repaired, notebook, swept, waived)


def _judged(teller: "Teller", bucket: str) -> list[Entry]:
    return teller.new(ResourceJudged.kind, f"s3_bucket/{bucket}")


def _outcomes(teller: "Teller", bucket: str) -> list[str]:
    return [entry.outcome for entry in _judged(teller, bucket)]


def _remediation(teller: "Teller") -> list[Entry]:
    stream = f"remediation#s3_bucket/{REPAIRED}"
    return teller.twin.ledger_entries(stream)


def _failing(entries: Sequence[Entry]) -> set[str]:
    """Name what the last of these entries finds failing."""
    found: list[dict[str, Any]] = entries[-1].body["findings"] if entries else []
    return {one["control"] for one in found if one["verdict"] == "fail"}


def _latest(teller: "Teller", bucket: str) -> Entry:
    return teller.twin.ledger_entries(f"compliance#s3_bucket/{bucket}")[-1]


def _waived(entry: Entry) -> dict[str, str]:
    """Give what an entry waives, and why."""
    return {one["control"]: one["reason"] for one in entry.body["findings"] if one["verdict"] == "waived"}


def _approve_all(teller: "Teller") -> None:
    """Allow what waits for it, as `holdfast remediate approve` does."""
    twin = teller.twin
    table = twin.function("LedgerPublisher").environment["HOLDFAST_LEDGER_TABLE"]
    ledger = Ledger(twin.client("dynamodb"), table, Author(ACTOR, twin.manifest.digest))
    person = f"arn:aws:sts::{twin.account}:assumed-role/platform-team/on-call"
    desk = Desk(twin.manifest, ledger, twin.account, person)
    for shown in desk.shown([REPAIRED]):
        desk.approve(shown)
