"""What each role may do: what its function's plug-ins and duties declare, and nothing else."""

import json
import re
from typing import Any

import pytest

from holdfast.compliance import catalogue
from holdfast.compliance.facts import Call
from tests.infrastructure.conftest import KEY, ROLE
from tests.infrastructure.house import House, deployed, listed, texts
from tests.infrastructure.test_functions import HANDLERS, QUEUED

COMMON = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}
DRAIN = {
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "kms:Decrypt",
}
COMMITS = {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"}
READS_OBJECTS = {"s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"}
LISTS = {call for kind in catalogue.every_kind().values() for call in kind.lists}
READS = {
    *(read for control in catalogue.every_control().values() for read in control.reads),
    *(read for kind in catalogue.every_kind().values() for read in (kind.described, kind.tags) if read is not None),
}
DECLARED = {call for read in READS for call in read.calls} | LISTS
MAY: dict[str, set[str]] = {
    "BatchJudge": DRAIN | COMMITS | READS_OBJECTS | {"dynamodb:DeleteItem"},
    "BaselineActor": DRAIN | COMMITS | READS_OBJECTS | {"s3:PutObject", "kms:GenerateDataKey"},
    "BatchSweeper": DRAIN | COMMITS | {"s3:ListBucketVersions", "sqs:SendMessage", "kms:GenerateDataKey"},
    "QuarantineActor": DRAIN | COMMITS | READS_OBJECTS
    | {"s3:GetObjectTagging", "s3:GetObjectVersionTagging", "s3:PutObjectTagging", "s3:PutObjectVersionTagging"}
    | {"s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"}
    | {"s3:PutObject", "s3:AbortMultipartUpload", "kms:GenerateDataKey"},
    "BatchReporter": DRAIN | COMMITS | READS_OBJECTS | {"s3:PutObject", "s3:PutObjectRetention", "kms:GenerateDataKey"},
    "RetrainingJudge": DRAIN | COMMITS
    | {"sagemaker:DescribePipelineExecution", "sagemaker:ListPipelineExecutions", "sagemaker:DescribeTrainingJob"},
    "Trainer": DRAIN | COMMITS
    | {"sagemaker:DescribePipeline", "sagemaker:ListPipelineExecutions", "sagemaker:StartPipelineExecution"}
    | {"sagemaker:CreateTrainingJob", "sagemaker:DescribeTrainingJob", "iam:PassRole"},
    "ComplianceJudge": DRAIN | COMMITS | {"dynamodb:DeleteItem"} | {call.permission for call in DECLARED},
    "ComplianceSweeper": DRAIN | {"dynamodb:Query", "sqs:SendMessage", "kms:GenerateDataKey"}
    | {call.permission for call in LISTS},
    "Notifier": DRAIN | {"dynamodb:GetItem", "sns:Publish", "kms:GenerateDataKey"},
    "OutboxTimer": DRAIN | {"dynamodb:Query", "dynamodb:DeleteItem", "events:PutEvents"},
    "LedgerPublisher": {
        "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
        "dynamodb:DeleteItem", "events:PutEvents", "sqs:SendMessage", "kms:Decrypt", "kms:GenerateDataKey",
    },
}  # fmt: skip
NOTES = {"ComplianceJudge": "compliance", "BatchJudge": "batches"}
JUDGES = ("BatchJudge", "RetrainingJudge", "ComplianceJudge")
CHANGING = re.compile(r":(Put|Post|Delete|Create|Update|Start|Stop|Tag|Untag|Add|Remove|Abort|Pass|Publish)")


def granted(house: House, name: str, action: str) -> list[dict[str, Any]]:
    """The statements that grant an action."""
    return [one for one in house.statements(name) if action in listed(one["Action"])]


@pytest.mark.parametrize("name", HANDLERS)
def test_a_role_may_do_what_its_function_needs_and_no_more(house: House, name: str) -> None:
    found = {action for statement in house.statements(name) for action in listed(statement["Action"])}
    assert found == MAY[name] | COMMON


def test_no_action_is_a_wildcard_anywhere_but_for_the_keys_own_account_and_logs(house: House) -> None:
    wild = {
        action
        for name in HANDLERS
        for one in house.statements(name)
        for action in listed(one["Action"])
        if "*" in action
    }
    assert wild == set()
    for path, key in house.of("AWS::KMS::Key").items():
        for statement in key["Properties"]["KeyPolicy"]["Statement"]:
            if any("*" in action for action in listed(statement["Action"])):
                assert "root" in json.dumps(statement["Principal"]) or "logs." in json.dumps(statement["Principal"]), (
                    path
                )


@pytest.mark.parametrize("name", JUDGES)
def test_a_judge_changes_nothing_but_the_ledger(house: House, name: str) -> None:
    found = {action for one in house.statements(name) for action in listed(one["Action"]) if CHANGING.search(action)}
    assert found - COMMON - DRAIN - {"dynamodb:DeleteItem"} == {"dynamodb:PutItem"}


def test_of_the_ledger_nothing_is_deleted_but_what_was_announced_and_notes_of_what_is_open(house: House) -> None:
    found = {
        name: statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        for name in HANDLERS
        for statement in granted(house, name, "dynamodb:DeleteItem")
    }
    assert found == {
        "LedgerPublisher": ["outbox#*"], "OutboxTimer": ["outbox#*"], "ComplianceJudge": ["open#compliance#*"],
        "BatchJudge": ["open#batches#*"],
    }  # fmt: skip


def test_the_sweeper_of_compliance_sees_of_the_ledger_only_what_is_open(house: House) -> None:
    (statement,) = granted(house, "ComplianceSweeper", "dynamodb:Query")
    assert statement["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["open#compliance#*"]}}


@pytest.mark.parametrize(
    ("name", "streams"),
    [
        ("BatchJudge", ["batches", "baselines", "schema"]),
        ("BaselineActor", ["baselines"]),
        ("BatchSweeper", ["watch", "baselines"]),
        ("QuarantineActor", ["batches"]),
        ("BatchReporter", ["reports"]),
        ("RetrainingJudge", ["retraining"]),
        ("Trainer", ["retraining"]),
        ("ComplianceJudge", ["compliance"]),
    ],
)
def test_a_function_commits_to_its_own_streams_only(house: House, name: str, streams: list[str]) -> None:
    (statement,) = granted(house, name, "dynamodb:PutItem")
    noted = [f"open#{NOTES[name]}#*"] if name in NOTES else []
    written = [*(f"stream#{stream}#*" for stream in streams), "decision#*", "outbox#*", *noted]
    assert statement["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": written}}


def test_batches_are_read_by_exact_prefix(house: House) -> None:
    for name in ("BatchJudge", "QuarantineActor", "BatchReporter"):
        objects = {arn for one in granted(house, name, "s3:GetObjectVersion") for arn in listed(one["Resource"])}
        assert objects == {
            "arn:aws:s3:::ml-data/churn/batches/*",
            "arn:aws:s3:::ml-data/demand/batches/*",
            "arn:aws:s3:::partner-drop/fraud/*",
        }


def test_references_are_read_by_exact_key_and_only_by_who_builds_baselines(house: House) -> None:
    references = {f"arn:aws:s3:::ml-data/{name}/reference.parquet" for name in ("demand", "fraud", "churn")}
    readers = {name for name in HANDLERS if references & set(texts(house.statements(name)))}
    assert readers == {"BaselineActor"}
    objects = {arn for one in granted(house, "BaselineActor", "s3:GetObjectVersion") for arn in listed(one["Resource"])}
    assert references < objects


def test_a_bucket_that_no_model_reads_is_granted_to_no_one_but_the_read_only_judge(house: House) -> None:
    assert not [name for name in HANDLERS if any("unread" in text for text in texts(house.statements(name)))]


@pytest.mark.parametrize("name", ["BatchJudge", "BaselineActor", "QuarantineActor", "BatchReporter"])
def test_a_buckets_own_key_is_used_only_through_s3(house: House, name: str) -> None:
    (statement,) = (one for one in granted(house, name, "kms:Decrypt") if listed(one["Resource"]) == [KEY])
    assert statement["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}


def test_every_use_of_a_key_goes_through_a_service(house: House) -> None:
    for name in HANDLERS:
        for statement in house.statements(name):
            if any(action.startswith("kms:") for action in listed(statement["Action"])):
                assert list(statement["Condition"]["StringEquals"]) == ["kms:ViaService"]


def test_the_sweeper_lists_only_below_prefixes(house: House) -> None:
    found = [(one["Resource"], one["Condition"]) for one in granted(house, "BatchSweeper", "s3:ListBucketVersions")]
    assert found == [
        ("arn:aws:s3:::ml-data", {"StringLike": {"s3:prefix": ["churn/batches/*", "demand/batches/*"]}}),
        ("arn:aws:s3:::partner-drop", {"StringLike": {"s3:prefix": ["fraud/*"]}}),
    ]


@pytest.mark.parametrize(
    ("function", "changes"),
    [("BatchJudge", {"batches": {"bucket": "ml-data", "prefix": "churn/batches/", "closed_by": "success"}}),
     ("BaselineActor", {"seasonal": {"same": "month"}})],
)  # fmt: skip
def test_only_where_a_folder_or_a_season_is_read_is_more_than_the_sweeper_let_list_and_only_there(
    built: Any, function: str, changes: dict[str, Any]
) -> None:
    from tests.infrastructure.conftest import MANIFEST, manifest

    churn = {**MANIFEST["models"]["churn"], **changes}
    said = manifest(models={**MANIFEST["models"], "churn": churn})
    house = built(said)
    found = [(one["Resource"], one["Condition"]) for one in granted(house, function, "s3:ListBucketVersions")]
    assert found == [("arn:aws:s3:::ml-data", {"StringLike": {"s3:prefix": ["churn/batches/*"]}})]
    lists = {name for name in HANDLERS if granted(house, name, "s3:ListBucketVersions")}
    assert lists == {"BatchSweeper", function}


def test_the_trainer_starts_the_pipelines_the_manifest_names_and_passes_one_role(house: House) -> None:
    (start,) = granted(house, "Trainer", "sagemaker:StartPipelineExecution")
    here = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/"
    named = [text.replace(deployed({"Ref": "AWS::AccountId"}), "123456789012") for text in deployed(start["Resource"])]
    assert named == [f"{here}Demand-Training", f"{here}demand-training"]
    (passing,) = granted(house, "Trainer", "iam:PassRole")
    assert passing["Resource"] == ROLE
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    (creating,) = granted(house, "Trainer", "sagemaker:CreateTrainingJob")
    assert deployed(creating["Resource"]).endswith(":training-job/holdfast-*")


def test_nothing_is_granted_for_runs_that_no_model_has(built: Any) -> None:
    from tests.infrastructure.conftest import manifest

    for name in ("RetrainingJudge", "Trainer"):
        assert built(manifest("churn")).actions(name, "sagemaker") == set()


def place(call: Call) -> str:
    """Where a call's permission is granted."""
    service, here = call.permission.partition(":")[0], f"{call.region or 'eu-west-1'}:123456789012"
    named = {"bucket": "arn:aws:s3:::*", "object": "arn:aws:s3:::*/*", "service": f"arn:aws:{service}:{here}:*"}
    return named.get(call.level, "*")


@pytest.mark.parametrize(("name", "declared"), [("ComplianceJudge", DECLARED), ("ComplianceSweeper", LISTS)])
def test_compliance_asks_what_its_plug_ins_declare_and_only_where_they_say(
    house: House, name: str, declared: set[Call]
) -> None:
    wanted: dict[str, set[str]] = {}
    for call in declared:
        wanted.setdefault(place(call), set()).add(call.permission)
    asked = [one for one in house.statements(name) if one.get("Sid", "").startswith("Ask")]
    found = {deployed(one["Resource"]): set(listed(one["Action"])) for one in asked}
    assert found == wanted
    assert len(asked) == len(found), "one statement for each place"


def test_only_the_notifier_may_speak_to_people_and_only_on_their_topic(house: House) -> None:
    assert {name for name in HANDLERS if house.actions(name, "sns")} == {"Notifier"}
    (tell,) = granted(house, "Notifier", "sns:Publish")
    assert "Notices" in json.dumps(tell["Resource"])


@pytest.mark.parametrize("name", QUEUED)
def test_a_queue_is_drained_by_its_own_function_only(house: House, name: str) -> None:
    drained = [json.dumps(one["Resource"]) for one in granted(house, name, "sqs:ReceiveMessage")]
    assert f"{name}InboxQueue" in drained[0]
    assert ["ComplianceJudgeLaterQueue" in one for one in drained[1:]] == [True] * (name == "ComplianceJudge")


def test_only_the_sweeper_may_send_to_the_judges_queue(house: House) -> None:
    senders = {
        name for name in HANDLERS if "BatchJudgeInboxQueue" in json.dumps(granted(house, name, "sqs:SendMessage"))
    }
    assert senders == {"BatchSweeper"}


def test_the_sweeper_of_compliance_sends_to_the_judge_and_to_itself(house: House) -> None:
    (statement,) = granted(house, "ComplianceSweeper", "sqs:SendMessage")
    text = json.dumps(statement["Resource"])
    assert ["ComplianceJudgeInboxQueue" in text, "ComplianceSweeperInboxQueue" in text] == [True, True]
    assert len(listed(statement["Resource"])) == 2
