"""How a bucket keeps, copies, encrypts, logs and ends what is in it; access points; directory buckets."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conformance.buckets import SETTINGS, allow, blocks, bucket, create, deny, put_policy, refused, when
from tests.conformance.case import ACCOUNT, KEY, REGION, UNREACHABLE, Case, Stage, State, Suite, agrees

pytestmark = pytest.mark.xdist_group("conformance_s3_settings")

HUB, CONFIG, PROWLER = "Security Hub s3-controls", "AWS Config rule and its parameters", "Prowler tests"
ELSEWHERE = "us-west-2"
VERSIONED: dict[str, Any] = {"put_bucket_versioning": {"VersioningConfiguration": {"Status": "Enabled"}}}


def versioning(**said: str) -> State:
    """Make a bucket that answers so when asked for its versioning; moto keeps no MFA delete."""

    def state(stage: Stage, name: str) -> None:
        bucket()(stage, name)
        stage.play("GetBucketVersioning", name, said)

    return state


def lifecycle(*rules: dict[str, Any], **more: Any) -> State:
    """Make a bucket with lifecycle rules."""
    whole = [{"ID": f"rule-{number}", "Status": "Enabled", "Filter": {"Prefix": ""}, **rule}
             for number, rule in enumerate(rules)]  # fmt: skip
    return bucket(put_bucket_lifecycle_configuration={"LifecycleConfiguration": {"Rules": whole}}, **more)


def notified(**targets: Any) -> State:
    """Make a bucket that answers so when asked whom it notifies."""

    def state(stage: Stage, name: str) -> None:
        bucket()(stage, name)
        stage.play("GetBucketNotificationConfiguration", name, targets)

    return state


def to_queue(*events: str) -> State:
    """Notify a queue of some events."""
    return notified(QueueConfigurations=[{"QueueArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", "Events": list(events)}])


def encrypted(algorithm: str, key: str | None = None) -> State:
    """Encrypt by default."""
    default = {"SSEAlgorithm": algorithm} | ({"KMSMasterKeyID": key} if key else {})
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]}
    return bucket(put_bucket_encryption={"ServerSideEncryptionConfiguration": rules})


def locked(mode: str | None = None, **period: int) -> State:
    """Turn Object Lock on, with a default retention if a mode is given."""

    def state(stage: Stage, name: str) -> None:
        create(stage, name, ObjectLockEnabledForBucket=True)
        if mode:
            lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": mode, **period}}}
            stage.client("s3").put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=lock)

    return state


def logged(prefix: str = "logs/", target: str = "{name}-logs") -> State:
    """Deliver access logs to another bucket."""

    def state(stage: Stage, name: str) -> None:
        to = target.format(name=name)
        create(stage, name)
        create(stage, to)
        delivery = {"Service": "logging.s3.amazonaws.com"}
        put_policy(stage, to, [allow("s3:PutObject", delivery, "{arn}/*")])
        stage.client("s3").put_bucket_logging(
            Bucket=name, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": to, "TargetPrefix": prefix}}
        )  # fmt: skip

    return state


def replicated(status: str = "Enabled", region: str = ELSEWHERE, versions: str = "Enabled") -> State:
    """Replicate to a bucket in a Region."""

    def state(stage: Stage, name: str) -> None:
        create(stage, name)
        create(stage, f"{name}-copy", region)
        for one, client in ((name, stage.client("s3")), (f"{name}-copy", stage.client("s3", region))):
            client.put_bucket_versioning(Bucket=one, VersioningConfiguration={"Status": "Enabled"})
        rule = {
            "ID": "all", "Status": status, "Priority": 1, "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{name}-copy"},
        }  # fmt: skip
        role = f"arn:aws:iam::{ACCOUNT}:role/replication"
        stage.client("s3").put_bucket_replication(
            Bucket=name, ReplicationConfiguration={"Role": role, "Rules": [rule]}
        )  # fmt: skip
        if versions != "Enabled":
            stage.play("GetBucketVersioning", name, {"Status": versions})

    return state


def tagged(**tags: str) -> State:
    """Tag a bucket."""
    return bucket(put_bucket_tagging={"Tagging": {"TagSet": [{"Key": k, "Value": v} for k, v in tags.items()]}})


def asked(references: str | tuple[str, ...], *rows: tuple[Any, ...], source: str = HUB) -> list[Case]:
    """Ask under each reference; each row says a configuration, a verdict, a state, and what else is to say."""
    names = (references,) if isinstance(references, str) else references
    return [
        Case(said, reference, verdict, source, state, **dict(*more))
        for reference in names for said, verdict, state, *more in rows
    ]  # fmt: skip


EXPIRE, MOVE = {"Expiration": {"Days": 365}}, {"Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]}
OFF = {"Status": "Disabled"}
LIFECYCLE = [
    *asked("FSBP S3.13",
        ("no lifecycle", "fail", bucket()),
        ("a rule that expires objects", "pass", lifecycle(EXPIRE)),
        ("a rule that moves objects", "pass", lifecycle(MOVE)),
        ("a rule that removes unfinished uploads", "pass",
         lifecycle({"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}})),
        ("a rule for old versions", "pass", lifecycle({"NoncurrentVersionExpiration": {"NoncurrentDays": 30}})),
        ("a disabled rule", "fail", lifecycle(EXPIRE | OFF)),
        ("the lifecycle cannot be read", "unknown",
         refused("GetBucketLifecycleConfiguration", "AccessDenied", lifecycle(EXPIRE))),
    ),
    *asked("Prowler s3_bucket_lifecycle_enabled",
        ("no lifecycle", "fail", bucket()),
        ("an enabled rule", "pass", lifecycle(EXPIRE)),
        ("a disabled rule", "fail", lifecycle(EXPIRE | OFF)),
        ("one enabled of several", "pass", lifecycle(EXPIRE | OFF, MOVE)),
        source=PROWLER,
    ),
    *asked("Config s3-lifecycle-policy-check",
        ("expires when asked", "pass", lifecycle({"Expiration": {"Days": 30}}),
         {"given": {"S3.13": {"targetExpirationDays": 30}}}),
        ("expires when asked, by the whole reference", "pass", lifecycle({"Expiration": {"Days": 30}}),
         {"given": {"FSBP S3.13": {"targetExpirationDays": "30"}}}),
        ("expires later than asked", "fail", lifecycle(EXPIRE), {"given": {"S3.13": {"targetExpirationDays": 30}}}),
        ("only a disabled rule expires when asked", "fail", lifecycle({"Expiration": {"Days": 30}} | OFF, MOVE),
         {"given": {"S3.13": {"targetExpirationDays": 30}}}),
        ("moves when asked", "pass", lifecycle(MOVE),
         {"given": {"S3.13": {"targetTransitionDays": 30, "targetTransitionStorageClass": "GLACIER"}}}),
        ("moves to another class than asked", "fail", lifecycle(MOVE),
         {"given": {"S3.13": {"targetTransitionDays": 30, "targetTransitionStorageClass": "STANDARD_IA"}}}),
        ("moves later than asked", "fail", lifecycle(MOVE), {"given": {"S3.13": {"targetTransitionDays": 90}}}),
        ("nothing expires as asked", "fail", lifecycle(MOVE), {"given": {"S3.13": {"targetExpirationDays": 365}}}),
        ("the prefix that was asked for", "pass", lifecycle(EXPIRE | {"Filter": {"Prefix": "raw/"}}),
         {"given": {"S3.13": {"targetPrefix": "raw/"}}}),
        ("another prefix", "fail", lifecycle(EXPIRE | {"Filter": {"Prefix": "tmp/"}}),
         {"given": {"S3.13": {"targetPrefix": "raw/"}}}),
        ("another bucket is meant", "not_applicable", bucket(),
         {"given": {"S3.13": {"bucketNames": "elsewhere"}},
          "contested": "AWS does not say whether a bucket not named is compliant or not judged"}),
        source=CONFIG,
    ),
    *asked("FSBP S3.10",
        ("versions and no lifecycle", "fail", bucket(**VERSIONED)),
        ("versions and a lifecycle", "pass", lifecycle(EXPIRE, **VERSIONED)),
        ("versions and a disabled rule", "fail", lifecycle(EXPIRE | OFF, **VERSIONED)),
        ("no versions", "not_applicable", bucket(),
         {"contested": "the control is for versioned buckets: others may be expected to pass"}),
        ("versioning cannot be read", "unknown", refused("GetBucketVersioning", "AccessDenied", bucket())),
    ),
]  # fmt: skip

KEPT = [
    case
    for reference in ("FSBP S3.14", "Prowler s3_bucket_object_versioning")
    for case in asked(reference,
        ("never set", "fail", bucket()),
        ("enabled", "pass", bucket(**VERSIONED)),
        ("suspended", "fail",
         bucket(put_bucket_versioning={"VersioningConfiguration": {"Status": "Suspended"}})),
    )
] + asked("Config s3-bucket-versioning-enabled",
    ("MFA delete asked for and off", "fail", bucket(**VERSIONED),
     {"given": {"S3.14": {"isMfaDeleteEnabled": True}}}),
    ("MFA delete asked for and on", "pass", versioning(Status="Enabled", MFADelete="Enabled"),
     {"given": {"S3.14": {"isMfaDeleteEnabled": "true"}}}),
    ("throttled", "unknown", refused("GetBucketVersioning", "SlowDown", bucket(**VERSIONED))),
    source=CONFIG,
) + asked("FSBP S3.20",
    ("versions, no MFA delete", "fail", versioning(Status="Enabled", MFADelete="Disabled")),
    ("MFA delete", "pass", versioning(Status="Enabled", MFADelete="Enabled")),
    ("never set", "fail", bucket()),
    ("no MFA delete, but a lifecycle", "not_applicable", lifecycle(EXPIRE, **VERSIONED)),
) + [
    case
    for reference in ("Prowler s3_bucket_no_mfa_delete", "Config s3-bucket-mfa-delete-enabled")
    for case in asked(reference,
        ("no MFA delete", "fail", bucket()),
        ("MFA delete", "pass", versioning(Status="Enabled", MFADelete="Enabled")),
        ("no MFA delete, but a lifecycle", "fail", lifecycle(EXPIRE, **VERSIONED)),
        source=PROWLER,
    )
] + [
    case
    for reference in ("FSBP S3.15", "Prowler s3_bucket_object_lock")
    for case in asked(reference,
        ("no Object Lock", "fail", bucket()),
        ("Object Lock without a default", "pass", locked()),
        ("Object Lock with a default", "pass", locked("GOVERNANCE", Days=30)),
    )
] + asked("Config s3-bucket-default-lock-enabled",
    ("the mode asked for", "pass", locked("COMPLIANCE", Years=1), {"given": {"S3.15": {"mode": "COMPLIANCE"}}}),
    ("another mode", "fail", locked("GOVERNANCE", Days=30), {"given": {"S3.15": {"mode": "COMPLIANCE"}}}),
    ("no default where a mode is asked for", "fail", locked(), {"given": {"S3.15": {"mode": "GOVERNANCE"}}}),
    ("cannot be read", "unknown", refused("GetObjectLockConfiguration", "AccessDenied", locked())),
    source=CONFIG,
)  # fmt: skip

LAMBDA = {"LambdaFunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f", "Events": ["s3:ObjectCreated:*"]}
TOPIC = {"TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:t", "Events": ["s3:ObjectRemoved:*"]}
TYPES = {"given": {"S3.11": {"eventTypes": "s3:ObjectCreated:Put,s3:ObjectRemoved:*"}}}
EVENTS = [
    case
    for reference in ("FSBP S3.11", "Prowler s3_bucket_event_notifications_enabled")
    for case in asked(reference,
        ("none", "fail", bucket()),
        ("to a queue", "pass", to_queue("s3:ObjectCreated:*")),
        ("to a function", "pass", notified(LambdaFunctionConfigurations=[LAMBDA])),
        ("to a topic", "pass", notified(TopicConfigurations=[TOPIC])),
    )
] + asked("FSBP S3.11",
    ("to EventBridge", "pass", notified(EventBridgeConfiguration={})),
    ("cannot be read", "unknown", refused("GetBucketNotificationConfiguration", "AccessDenied", bucket())),
) + asked("Config s3-event-notifications-enabled",
    ("of the types asked for", "pass", to_queue("s3:ObjectCreated:Put", "s3:ObjectRemoved:*"), TYPES),
    ("of more than was asked for", "pass", to_queue("s3:ObjectCreated:*", "s3:ObjectRemoved:*"), TYPES),
    ("of one type of two", "fail", to_queue("s3:ObjectRemoved:*"), TYPES),
    ("to the destination asked for", "pass", notified(TopicConfigurations=[TOPIC]),
     {"given": {"S3.11": {"destinationArn": TOPIC["TopicArn"]}}}),
    ("to another destination", "fail", to_queue("s3:ObjectCreated:*"),
     {"given": {"S3.11": {"destinationArn": TOPIC["TopicArn"]}}}),
    source=CONFIG,
)  # fmt: skip

UNENCRYPTED = when("StringNotEquals", "s3:x-amz-server-side-encryption", "AES256")
ENCRYPTION = [
    case
    for reference in ("FSBP S3.17", "Prowler s3_bucket_kms_encryption", "Config s3-default-encryption-kms")
    for case in asked(reference,
        ("nothing set", "fail", bucket()),
        ("SSE-S3", "fail", encrypted("AES256")),
        ("SSE-KMS", "pass", encrypted("aws:kms", KEY)),
        ("DSSE-KMS", "pass", encrypted("aws:kms:dsse", KEY)),
    )
] + asked("FSBP S3.17",
    ("SSE-KMS with AWS's own key", "pass", encrypted("aws:kms")),
    ("cannot be read", "unknown", refused("GetBucketEncryption", "AccessDenied", encrypted("aws:kms", KEY))),
    ("unreachable", "unknown", refused("GetBucketEncryption", UNREACHABLE, encrypted("aws:kms", KEY))),
) + asked("Config s3-default-encryption-kms",
    ("a key that was asked for", "pass", encrypted("aws:kms", KEY), {"given": {"S3.17": {"kmsKeyArns": KEY}}}),
    ("another key", "fail", encrypted("aws:kms", KEY.replace("1234abcd", "ffffffff")),
     {"given": {"FSBP S3.17": {"kmsKeyArns": [KEY]}}}),
    source=CONFIG,
) + asked("Prowler s3_bucket_default_encryption",
    ("nothing set", "fail", bucket()),
    ("SSE-S3", "pass", encrypted("AES256")),
    ("SSE-KMS", "pass", encrypted("aws:kms", KEY)),
    source=PROWLER,
) + asked(("Config s3-bucket-server-side-encryption-enabled", "FSBP S3.4"),
    ("nothing set", "fail", bucket()),
    ("SSE-S3", "pass", encrypted("AES256")),
    ("a policy that denies what is not encrypted", "pass", bucket(deny("s3:PutObject", resource="{arn}/*",
                                                                      **UNENCRYPTED))),
    source=CONFIG,
)  # fmt: skip

LOGGING = [
    case
    for reference in ("FSBP S3.9", "Prowler s3_bucket_server_access_logging_enabled")
    for case in asked(reference, ("no target", "fail", bucket()), ("a target", "pass", logged()))
] + asked("Config s3-bucket-logging-enabled",
    ("the target asked for", "pass", logged(target="the-logs"), {"given": {"S3.9": {"targetBucket": "the-logs"}}}),
    ("another target", "fail", logged(), {"given": {"S3.9": {"targetBucket": "the-other-logs"}}}),
    ("the prefix asked for", "pass", logged(), {"given": {"S3.9": {"targetPrefix": "logs/"}}}),
    ("another prefix", "fail", logged("other/"), {"given": {"S3.9": {"targetPrefix": "logs/"}}}),
    ("cannot be read", "unknown", refused("GetBucketLogging", "AccessDenied", logged())),
    source=CONFIG,
)  # fmt: skip

REPLICATION = [
    case
    for reference in ("FSBP S3.7", "Prowler s3_bucket_cross_region_replication")
    for case in asked(reference,
        ("none", "fail", bucket()),
        ("versions and no replication", "fail", bucket(**VERSIONED)),
        ("to another Region", "pass", replicated()),
        ("to the same Region", "fail", replicated(region=REGION)),
        ("a disabled rule", "fail", replicated("Disabled")),
        ("cannot be read", "unknown", refused("GetBucketReplication", "AccessDenied", bucket())),
    )
]  # fmt: skip

REPLICATION += asked("Config s3-bucket-replication-enabled",
    ("none", "fail", bucket()),
    ("to the same Region", "pass", replicated(region=REGION)),
    ("a disabled rule", "fail", replicated("Disabled")),
    ("to another Region, as asked for", "pass", replicated(),
     {"given": {"s3-bucket-replication-enabled": {"ReplicationType": "CROSS-REGION"}}}),
    ("to the same Region, another asked for", "fail", replicated(region=REGION),
     {"given": {"s3-bucket-replication-enabled": {"ReplicationType": "CROSS-REGION"}}}),
    source=CONFIG,
)  # fmt: skip

TAGS = asked("Config s3-bucket-tagged",
    ("no tags", "fail", bucket()),
    ("a tag", "pass", tagged(Owner="data")),
    ("the keys asked for", "pass", tagged(Owner="data", Stage="prod"),
     {"given": {"Config s3-bucket-tagged": {"requiredKeyTags": "Owner,Stage"}}}),
    ("one key of two", "fail", tagged(Owner="data"),
     {"given": {"Config s3-bucket-tagged": {"requiredKeyTags": ["Owner", "Stage"]}}}),
    ("cannot be read", "unknown", refused("GetBucketTagging", "AccessDenied", tagged(Owner="data"))),
    source=CONFIG,
) + asked("Config required-tags",
    ("no CostCenter, AWS's default", "fail", tagged(Owner="data")),
    ("CostCenter, AWS's default", "pass", tagged(CostCenter="1")),
    ("a key asked for", "pass", tagged(Owner="data"), {"given": {"required-tags": {"tag1Key": "Owner"}}}),
    ("a value asked for", "pass", tagged(Owner="data"),
     {"given": {"required-tags": {"tag1Key": "Owner", "tag1Value": "data,ml"}}}),
    ("another value", "fail", tagged(Owner="sales"),
     {"given": {"required-tags": {"tag1Key": "Owner", "tag1Value": "data,ml"}}}),
    source=CONFIG,
)  # fmt: skip

BUCKETS = [*LIFECYCLE, *KEPT, *EVENTS, *ENCRYPTION, *LOGGING, *REPLICATION, *TAGS]
OF_BUCKETS = Suite(BUCKETS, "s3_bucket")


def access_point(block: dict[str, bool] | None) -> State:
    """Open an access point."""

    def state(stage: Stage, name: str) -> None:
        create(stage, f"{name}-bucket")
        more = {} if block is None else {"PublicAccessBlockConfiguration": block}
        stage.client("s3control").create_access_point(AccountId=ACCOUNT, Name=name, Bucket=f"{name}-bucket", **more)
        if block is not None:
            answer = {"Name": name, "Bucket": f"{name}-bucket", "NetworkOrigin": "Internet"}
            stage.play("GetAccessPoint", name, answer | {"PublicAccessBlockConfiguration": block})

    return state


def regional_points(block: dict[str, bool]) -> State:
    """Open a Multi-Region Access Point."""

    def state(stage: Stage, name: str) -> None:
        since = datetime(2026, 1, 1, tzinfo=UTC)
        point = {
            "Name": name,
            "Alias": f"{name}.mrap",
            "Status": "READY",
            "PublicAccessBlock": block,
            "CreatedAt": since,
        }
        stage.lists("ListMultiRegionAccessPoints", "AccessPoints", point)

    return state


def directory(*rules: dict[str, Any], code: str | None = None) -> State:
    """Make a directory bucket, which moto does not."""

    def state(stage: Stage, name: str) -> None:
        stage.lists("ListDirectoryBuckets", "Buckets", {"Name": name})
        answer = code or ({"Rules": list(rules)} if rules else "NoSuchLifecycleConfiguration")
        stage.play("GetBucketLifecycleConfiguration", name, answer)

    return state


ALL = blocks(*SETTINGS)
POINTS = [
    *(
        case
        for reference in ("FSBP S3.19", "Prowler s3_access_point_public_access_block")
        for case in asked(reference,
            ("AWS's defaults", "pass", access_point(None)),
            ("all four on", "pass", access_point(ALL)),
            ("all four off", "fail", access_point(blocks())),
            *((f"all but {off}", "fail", access_point(ALL | {off: False})) for off in SETTINGS),
        )
    ),
    *asked("FSBP S3.19",
        ("cannot be read", "unknown", refused("GetAccessPoint", "AccessDenied", access_point(None))),
    ),
    *(
        case
        for reference in ("FSBP S3.24", "Prowler s3_multi_region_access_point_public_access_block")
        for case in asked(reference,
            ("all four on", "pass", regional_points(ALL)),
            ("all four off", "fail", regional_points(blocks())),
            ("one off", "fail", regional_points(ALL | {"RestrictPublicBuckets": False})),
        )
    ),
]  # fmt: skip
EXPRESS = [
    Case(said, "FSBP S3.25", verdict, HUB, state, given=given, names=f"express-{number}--euw1-az1--x-s3")
    for number, (said, verdict, state, given) in enumerate((
        ("no lifecycle", "fail", directory(), {}),
        ("a lifecycle", "pass", directory({"Status": "Enabled", "Expiration": {"Days": 7}}), {}),
        ("a disabled rule", "fail", directory({"Status": "Disabled", "Expiration": {"Days": 7}}), {}),
        ("expires when asked", "pass", directory({"Status": "Enabled", "Expiration": {"Days": 7}}),
         {"S3.25": {"targetExpirationDays": 7}}),
        ("expires later than asked", "fail", directory({"Status": "Enabled", "Expiration": {"Days": 9}}),
         {"S3.25": {"targetExpirationDays": 7}}),
        ("cannot be read", "unknown", directory(code="AccessDenied"), {}),
    ))
]  # fmt: skip
DOORS = [*POINTS, *EXPRESS]
OF_DOORS = Suite(DOORS, "s3_access_point", "s3_multi_region_access_point", "s3_directory_bucket", prefix="point")


@pytest.mark.parametrize(("number", "case"), list(enumerate(BUCKETS)), ids=[case.id for case in BUCKETS])
def test_a_bucket_is_judged_as_its_source_says(number: int, case: Case) -> None:
    agrees(case, OF_BUCKETS.findings(number))


@pytest.mark.parametrize(("number", "case"), list(enumerate(DOORS)), ids=[case.id for case in DOORS])
def test_a_door_to_buckets_is_judged_as_its_source_says(number: int, case: Case) -> None:
    agrees(case, OF_DOORS.findings(number))
