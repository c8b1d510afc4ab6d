from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.compliance import catalogue
from holdfast.compliance.rulebook import Everything
from holdfast.compliance.template import judging
from holdfast.compliance.template.declared import Template
from holdfast.compliance.template.document import Document, read
from tests.unit.compliance.look import NOON

POLICY = """
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Data
      PolicyDocument:
        Statement:
          Effect: Deny
          Principal: "*"
          Action: s3:*
          Resource: [!GetAtt Data.Arn, !Sub "${Data.Arn}/*"]
          Condition: {Bool: {aws:SecureTransport: false}}
"""


def judged(text: str, **given: str) -> dict[tuple[str, str], judging.TemplateFinding]:
    template = Template(read(text.encode(), "stack.yaml"), given)
    found = judging.findings(template, Everything(), now=NOON)
    return {(one.logical_id, one.finding.control): one for one in found}


def verdict(text: str, control: str, logical_id: str = "Data", **given: str) -> tuple[str, str]:
    finding = judged(text, **given)[logical_id, control].finding
    return finding.verdict, finding.reason


def test_a_policy_beside_its_bucket_is_the_buckets() -> None:
    written = "Resources:\n  Data:\n    Type: AWS::S3::Bucket\n"
    assert verdict(written, "tls_only")[0] == "fail"
    assert verdict(written + POLICY, "tls_only")[0] == "pass"


ELSEWHERE = """
Resources:
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: %s
      PolicyDocument:
        Statement: {Effect: Allow, Principal: "%s", Action: s3:GetObject, Resource: arn:aws:s3:::data/*}
"""


def test_a_policy_for_a_bucket_elsewhere_is_judged_by_what_it_says() -> None:
    found = judged(ELSEWHERE % ("data", "arn:aws:iam::123456789012:root"), **{"AWS::AccountId": "123456789012"})
    said = {control: one.finding.verdict for (_, control), one in found.items()}
    assert (said["tls_only"], said["cross_account_access"]) == ("fail", "pass")
    assert {one.resource.name for one in found.values()} == {"data"}
    assert said.keys().isdisjoint({"versioning_enabled", "public_access_block", "public_read", "encryption_or_denial"})


def test_whether_a_bucket_elsewhere_is_open_is_unknown_if_its_policy_would_open_it() -> None:
    assert verdict(ELSEWHERE % ("data", "*"), "public_read", "Policy")[0] == "unknown"


def test_a_policy_for_nobody_knows_which_bucket_is_no_pass() -> None:
    found = judged(ELSEWHERE % ("!ImportValue data", "*"))
    assert {one.finding.verdict for one in found.values()} == {"unknown"}


def test_a_bucket_is_as_aws_makes_it_where_the_template_says_nothing() -> None:
    written = "Resources:\n  Data:\n    Type: AWS::S3::Bucket\n"
    for control in ("public_access_block", "acls_disabled"):
        assert verdict(written, control)[0] == "pass"
    assert verdict(written, "versioning_enabled") == ("fail", "versioning is never set")


def test_a_parameter_that_nobody_gave_makes_unknown_only_what_it_touches() -> None:
    written = """
Parameters: {Status: {Type: String}}
Resources:
  Data:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: !Ref Status}
"""
    assert verdict(written, "versioning_enabled") == ("unknown", "parameter Status has no default and was not given")
    assert verdict(written, "public_access_block")[0] == "pass"
    assert verdict(written, "versioning_enabled", Status="Enabled")[0] == "pass"


def test_an_import_that_nobody_gave_is_named_in_the_reason() -> None:
    written = """
Resources:
  Data:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: !If [Kept, {Status: Enabled}, !Ref AWS::NoValue]
Conditions: {Kept: !Equals [!ImportValue keep, 'yes']}
"""
    said = "condition Kept cannot be told: import keep is of a stack that is not given"
    assert verdict(written, "versioning_enabled") == ("unknown", said)


def test_the_line_is_that_of_the_property_at_fault() -> None:
    written = """Resources:
  Data:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: data
      VersioningConfiguration:
        Status: Suspended
"""
    found = judged(written)
    assert found["Data", "versioning_enabled"].line == 6
    assert found["Data", "access_logging"].line == 2


def test_the_line_is_that_of_the_policy_at_fault() -> None:
    written = "Resources:\n  Data:\n    Type: AWS::S3::Bucket" + POLICY.replace("s3:*", "s3:GetObject")
    assert judged(written)["Data", "tls_only"].line == 4


def test_a_resource_that_may_not_be_made_is_judged_and_says_so() -> None:
    written = """
Parameters: {Wanted: {Type: String}}
Conditions: {IsWanted: !Equals [!Ref Wanted, 'yes']}
Resources:
  Data: {Type: AWS::S3::Bucket, Condition: IsWanted}
"""
    said, reason = verdict(written, "versioning_enabled")
    assert said == "fail"
    assert "if it is made at all: parameter Wanted" in reason


def test_a_policy_that_may_not_be_made_settles_nothing() -> None:
    asked = "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, a]}\n"
    head = f"{asked}Resources:\n  Data:\n    Type: AWS::S3::Bucket"
    written = head + POLICY.replace("Type: AWS::S3::BucketPolicy", "Type: AWS::S3::BucketPolicy\n    Condition: C")
    said, reason = verdict(written, "tls_only")
    assert said == "unknown"
    assert "whether Policy is made" in reason


def test_a_policy_that_is_made_whenever_its_bucket_is_settles_what_it_says() -> None:
    asked = "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, a]}\n"
    both = f"{asked}Resources:\n  Data:\n    Type: AWS::S3::Bucket{POLICY}".replace(
        "Properties", "Condition: C\n    Properties"
    )
    bucket = both.replace("AWS::S3::Bucket\n  Policy", "AWS::S3::Bucket\n    Condition: C\n  Policy")
    assert verdict(bucket, "tls_only")[0] == "pass"


def test_a_name_that_two_resources_share_is_the_buckets() -> None:
    written = """
Parameters: {Name: {Type: String}}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Name}}
  Data: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Name}}
"""
    assert judged(written)["Data", "tls_only"].resource.name == "Data"


def test_what_a_macro_may_change_does_not_pass() -> None:
    written = "Transform: Mine\nResources: {Data: {Type: AWS::S3::Bucket}}"
    said, reason = verdict(written, "public_access_block")
    assert said == "unknown"
    assert "macro Mine may change it" in reason
    assert verdict(written, "versioning_enabled")[0] == "fail"


def test_a_bucket_is_in_a_region_only_if_somebody_says_which() -> None:
    rules = Everything({"residency": {"allowedRegions": "eu-west-1"}})
    document = Document("a.yaml", {"Resources": {"Data": {"Type": "AWS::S3::Bucket"}}})

    def said(**given: str) -> str:
        found = judging.findings(Template(document, given), rules, now=NOON)
        return next(one.finding.verdict for one in found if one.finding.control == "residency")

    assert said() == "unknown"
    assert said(**{"AWS::Region": "eu-west-1"}) == "pass"
    assert said(**{"AWS::Region": "us-east-1"}) == "fail"


def test_metadata_waives_nothing() -> None:
    written = """
Resources:
  Data:
    Type: AWS::S3::Bucket
    Metadata:
      cdk_nag: {rules_to_suppress: [{id: AwsSolutions-S1, reason: because}]}
      checkov: {skip: [{id: CKV_AWS_18}]}
"""
    assert verdict(written, "access_logging")[0] == "fail"


def test_controls_of_which_a_template_says_nothing_are_left_to_the_live_look() -> None:
    found = judged("Resources:\n  Data:\n    Type: AWS::S3::Bucket\n")
    said = {control for _, control in found}
    live = {one.id for one in catalogue.controls_of("s3_bucket")} - said
    assert "public_objects" not in said or found["Data", "public_objects"].finding.verdict == "pass"
    assert all("a template does not say this" not in one.finding.reason for one in found.values())
    assert "tls_only" not in live


@pytest.mark.parametrize(
    "properties",
    [
        {"BucketEncryption": "yes"},
        {"BucketEncryption": {"ServerSideEncryptionConfiguration": [1, None]}},
        {"LifecycleConfiguration": {"Rules": "all"}},
        {"Tags": [1]},
        {"Tags": "a=b"},
        {"OwnershipControls": []},
        {"VersioningConfiguration": ["Enabled"]},
        {"PublicAccessBlockConfiguration": 3},
        {"ReplicationConfiguration": {"Rules": [{"Destination": "x", "Status": "Enabled"}]}},
    ],
)
def test_properties_that_cloudformation_would_refuse_never_crash(properties: dict[str, Any]) -> None:
    template = Template(Document("a.json", {"Resources": {"D": {"Type": "AWS::S3::Bucket", "Properties": properties}}}))
    assert list(judging.findings(template, Everything(), now=NOON))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 400) | st.sampled_from(["Enabled", "*", "Deny", "s3:*", "aws:kms", ""]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["Rules", "Status", "Ref", "Fn::If", "Fn::Sub", "Key", "Statement", "Principal", "Effect"]),
            inner,
            max_size=2,
        )
    ),
    max_leaves=6,
)
NAMES = [
    "BucketName", "BucketEncryption", "LifecycleConfiguration", "Tags", "OwnershipControls", "AccessControl",
    "VersioningConfiguration", "PublicAccessBlockConfiguration", "ReplicationConfiguration", "LoggingConfiguration",
    "NotificationConfiguration", "ObjectLockConfiguration", "ObjectLockEnabled", "PolicyDocument", "Bucket",
    "ProductionVariants", "VpcConfig", "SubnetId", "RootAccess", "PrimaryContainer", "Containers", "ModelName",
]  # fmt: skip
TYPES = sorted({kind.resource_type for kind in catalogue.every_kind().values()} | {"AWS::S3::BucketPolicy"})
RESOURCES = st.dictionaries(
    st.sampled_from("ABC"),
    st.fixed_dictionaries(
        {"Type": st.sampled_from(TYPES), "Properties": st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5)}
    ),
    min_size=1,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RESOURCES)
def test_no_properties_whatever_crash_a_judgement(resources: dict[str, Any]) -> None:
    for one in judging.findings(Template(Document("a.json", {"Resources": resources})), Everything(), now=NOON):
        assert one.finding.verdict in ("pass", "fail", "not_applicable", "unknown")
