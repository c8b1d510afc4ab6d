"""What holds for a whole account: its public access block, its trails, its names, and what of SageMaker is in use."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest

from tests.conformance.buckets import SETTINGS, create
from tests.conformance.case import ACCOUNT, OTHER, REGION, UNREACHABLE, Case, Stage, Suite, agrees

pytestmark = pytest.mark.xdist_group("conformance_account")

HUB, PROWLER, UNREAD = "Security Hub s3-controls", "Prowler tests", "issue: unread facts"
Setting = Callable[[Stage], None]


def alike(make: Callable[..., Setting]) -> Callable[..., Setting]:
    """Give the same setting for the same words, so that cases that share it are judged by one run."""
    made: dict[str, Setting] = {}

    @wraps(make)
    def once(*arguments: Any, **named: Any) -> Setting:
        return made.setdefault(repr((arguments, sorted(named.items()))), make(*arguments, **named))

    return once


@alike
def block(**on: bool) -> Setting:
    """Give the account a block, or none."""

    def world(stage: Stage) -> None:
        if on:
            stage.client("s3control").put_public_access_block(
                AccountId=ACCOUNT, PublicAccessBlockConfiguration={one: on.get(one, True) for one in SETTINGS}
            )  # fmt: skip

    return world


@alike
def answers(operation: str, answer: Any) -> Setting:
    """Let an operation be answered so, whatever it is asked of."""
    return lambda stage: stage.play(operation, "*", answer)


def classic(doing: str = "All", *values: str, kind: str = "AWS::S3::Object") -> dict[str, Any]:
    """Write an event selector of the first form."""
    resources = [{"Type": kind, "Values": list(values or ("arn:aws:s3",))}]
    return {
        "EventSelectors": [{"ReadWriteType": doing, "IncludeManagementEvents": True, "DataResources": resources}]
    }  # fmt: skip


def advanced(**fields: list[str]) -> dict[str, Any]:
    """Write an event selector of the second form; of data events on objects, and what more is said."""
    named = {"eventCategory": ["Data"], "resources.type": ["AWS::S3::Object"], **fields}
    selectors = [{"Field": field.replace("_", "."), "Equals": values} for field, values in named.items()]
    return {"AdvancedEventSelectors": [{"Name": "objects", "FieldSelectors": selectors}]}


@alike
def trail(selectors: dict[str, Any] | None, *, everywhere: bool = True, on: bool = True) -> Setting:
    """Create a trail with selectors."""

    def world(stage: Stage) -> None:
        create(stage, "trail-logs")
        trails = stage.client("cloudtrail")
        trails.create_trail(Name="trail", S3BucketName="trail-logs", IsMultiRegionTrail=everywhere)
        if selectors:
            trails.put_event_selectors(TrailName="trail", **selectors)
        if on:
            trails.start_logging(Name="trail")

    return world


def names(*own: str, others: str | None = None) -> Setting:
    """Hold buckets of these names, while another account holds one more."""

    def world(stage: Stage) -> None:
        for name in own:
            create(stage, name)
        if others:
            stage.play("HeadBucket", others, "403")

    return world


def rows(reference: str, source: str, *said: tuple[str, str, Setting]) -> list[Case]:
    """Ask of the account under one reference."""
    return [
        Case(what, reference, verdict, source, lambda _, __: ACCOUNT, world=world) for what, verdict, world in said
    ]  # fmt: skip


GROUP, APPROVED = {"ModelPackageGroupName": "group"}, {"ModelApprovalStatus": "Approved"}
CASES = [
    *(
        case
        for reference in ("FSBP S3.1", "Prowler s3_account_level_public_access_blocks",
                          "Config s3-account-level-public-access-blocks-periodic")
        for case in rows(reference, HUB,
            ("no block", "fail", block()),
            ("all four on", "pass", block(BlockPublicAcls=True)),
            ("all four off", "fail", block(**dict.fromkeys(SETTINGS, False))),
        )
    ),
    *rows("FSBP S3.1", HUB, *((f"all but {off}", "fail", block(**{off: False})) for off in SETTINGS)),
    *(
        Case(f"{off} off, which need not be on", "FSBP S3.1", "pass", "AWS Config, parameters",
             lambda _, __: ACCOUNT, world=block(**{off: False}), given={"S3.1": {off: "False"}})
        for off in ("BlockPublicAcls", "BlockPublicPolicy")
    ),
    *(
        case
        for reference in ("public_access", "public_list_acl", "public_write_acl")
        for case in rows(f"Prowler s3_bucket_{reference}", PROWLER,
            ("all public access blocked", "pass", block(BlockPublicAcls=True)),
            ("what is granted taken away, new not refused", "pass",
             block(BlockPublicAcls=False, BlockPublicPolicy=False)),
        )
    ),
    *rows("Prowler s3_bucket_public_access", PROWLER, ("left to each bucket", "not_applicable", block())),
    Case("what is granted taken away, new not refused", "Prowler s3_account_level_public_access_blocks", "fail", HUB,
         lambda _, __: ACCOUNT, world=block(BlockPublicAcls=False, BlockPublicPolicy=False),
         contested="Prowler asks for two of the four settings, Security Hub and CIS for all"),
    *rows("FSBP S3.1", UNREAD,
        ("the block cannot be read", "unknown", answers("GetPublicAccessBlock", "AccessDenied")),
        ("S3 Control is unreachable", "unknown", answers("GetPublicAccessBlock", UNREACHABLE)),
    ),
    *(
        case
        for reference, own, other in (("FSBP S3.22", "WriteOnly", "ReadOnly"), ("FSBP S3.23", "ReadOnly", "WriteOnly"))
        for case in rows(reference, HUB,
            ("no trail", "fail", block()),
            ("a trail without data events", "fail", trail(None)),
            ("all data events of all buckets", "pass", trail(classic("All", "arn:aws:s3"))),
            ("all buckets in the longer form", "pass", trail(classic("All", "arn:aws:s3:::"))),
            ("only these events", "pass", trail(classic(own, "arn:aws:s3"))),
            ("only the other events", "fail", trail(classic(other, "arn:aws:s3"))),
            ("one bucket", "fail", trail(classic("All", "arn:aws:s3:::training-data/"))),
            ("functions", "fail", trail(classic("All", "arn:aws:lambda", kind="AWS::Lambda::Function"))),
            ("a trail of one Region", "fail", trail(classic(), everywhere=False)),
            ("an advanced selector", "pass", trail(advanced())),
            ("an advanced selector of these events", "pass",
             trail(advanced(readOnly=["false" if own == "WriteOnly" else "true"]))),
            ("an advanced selector of the other events", "fail",
             trail(advanced(readOnly=["true" if own == "WriteOnly" else "false"]))),
            ("an advanced selector of one bucket", "fail",
             trail(advanced(resources_ARN=["arn:aws:s3:::training-data/"]))),
            ("trails cannot be listed", "unknown", answers("ListTrails", "AccessDeniedException")),
        )
    ),
    *(
        Case("a trail that is off", reference, "fail", HUB, lambda _, __: ACCOUNT, world=trail(classic(), on=False),
             contested="Prowler and others do not ask whether the trail is on; what is off logs nothing")
        for reference in ("FSBP S3.22", "FSBP S3.23")
    ),
    *(
        case
        for doing, own in (("write", "WriteOnly"), ("read", "ReadOnly"))
        for case in rows(f"Prowler cloudtrail_s3_dataevents_{doing}_enabled", PROWLER,
            ("a trail without data events", "fail", trail(None, everywhere=False, on=False)),
            ("functions", "fail",
             trail(classic("All", "arn:aws:lambda", kind="AWS::Lambda::Function"), everywhere=False, on=False)),
            ("all objects", "pass", trail(classic("All", "arn:aws:s3:::*/*"), everywhere=False, on=False)),
            ("only these events", "pass", trail(classic(own, "arn:aws:s3"), everywhere=False, on=False)),
            ("an advanced selector", "pass", trail(advanced(), everywhere=False, on=False)),
        )
    ),
    *rows("Prowler s3_bucket_shadow_resource_vulnerability", PROWLER,
        ("no such bucket", "pass", names()),
        ("our own", "pass", names(f"sagemaker-{REGION}-{ACCOUNT}", f"aws-glue-assets-{ACCOUNT}-{REGION}")),
        ("another account's, for SageMaker", "fail", names(others=f"sagemaker-{REGION}-{ACCOUNT}")),
        ("another account's, for Glue", "fail", names(others=f"aws-glue-assets-{ACCOUNT}-{REGION}")),
    ),
    *rows("Prowler sagemaker_models_registry_in_use", PROWLER,
        ("no group", "fail", block()),
        ("a group without a package", "fail", lambda stage: (
            stage.lists("ListModelPackageGroups", "ModelPackageGroupSummaryList", GROUP),
            stage.lists("ListModelPackages", "ModelPackageSummaryList"))[0]),
        ("a group with an approved package", "pass", lambda stage: (
            stage.lists("ListModelPackageGroups", "ModelPackageGroupSummaryList", GROUP),
            stage.lists("ListModelPackages", "ModelPackageSummaryList", APPROVED))[0]),
        ("cannot be listed", "unknown", answers("ListModelPackageGroups", "AccessDeniedException")),
    ),
    *rows("Prowler sagemaker_models_monitor_enabled", PROWLER,
        ("no schedule", "fail", lambda stage: stage.lists("ListMonitoringSchedules", "MonitoringScheduleSummaries")),
        ("cannot be listed", "unknown", answers("ListMonitoringSchedules", "AccessDeniedException")),
    ),
    *rows("Prowler sagemaker_clarify_exists", PROWLER,
        ("no processing job", "fail", block()),
        ("another processing job", "fail", lambda stage: processing(stage, "sagemaker-xgboost:1.0")),
        ("a Clarify job", "pass", lambda stage: processing(stage, "sagemaker-clarify-processing:1.0")),
        ("cannot be listed", "unknown", answers("ListProcessingJobs", "AccessDeniedException")),
    ),
]  # fmt: skip


def processing(stage: Stage, image: str) -> None:
    """Run a processing job by an image."""
    stage.lists("ListProcessingJobs", "ProcessingJobSummaries", {"ProcessingJobName": "job"})
    uri = f"{OTHER}.dkr.ecr.{REGION}.amazonaws.com/{image}"
    stage.play("DescribeProcessingJob", "job", {"ProcessingJobName": "job", "AppSpecification": {"ImageUri": uri}})


JUDGED = Suite(CASES, "aws_account")


@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES)), ids=[case.id for case in CASES])
def test_an_account_is_judged_as_its_source_says(number: int, case: Case) -> None:
    agrees(case, JUDGED.findings(number))
