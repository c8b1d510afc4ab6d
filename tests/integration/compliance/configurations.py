"""Random configurations of buckets, and the two ways to express each: live and in a template."""

import copy
import json
from random import Random
from typing import Any

import yaml

from holdfast.shared.clients import client

ACCOUNT, REGION = "123456789012", "eu-west-1"
SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
ENFORCED = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:news"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:news"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
Config = dict[str, Any]


def bucket(rng: Random) -> Config:
    """Draw a configuration, in the properties of AWS::S3::Bucket, with its policy's statements beside them."""
    said: Config = {}
    if rng.random() < 0.6:
        said["PublicAccessBlockConfiguration"] = {name: rng.random() < 0.6 for name in SETTINGS if rng.random() < 0.9}
    if rng.random() < 0.6:
        owner = rng.choice(["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"])
        said["OwnershipControls"] = {"Rules": [{"ObjectOwnership": owner}]}
        if owner != "BucketOwnerEnforced" and rng.random() < 0.7:
            said["AccessControl"] = rng.choice(["Private", "PublicRead", "PublicReadWrite", "AuthenticatedRead"])
    if rng.random() < 0.6:
        said["BucketEncryption"] = _encryption(rng)
    if rng.random() < 0.3:
        said["ObjectLockEnabled"] = True
        if rng.random() < 0.6:
            unit = rng.choice(["Days", "Years"])
            kept = {"Mode": rng.choice(["GOVERNANCE", "COMPLIANCE"]), unit: rng.randint(1, 9)}
            said["ObjectLockConfiguration"] = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": kept}}
    elif rng.random() < 0.6:
        said["VersioningConfiguration"] = {"Status": rng.choice(["Enabled", "Suspended"])}
    _more(rng, said)
    return said


def _more(rng: Random, said: Config) -> None:
    if rng.random() < 0.5:
        target = {"DestinationBucketName": "LOGS"} if rng.random() < 0.7 else {}
        said["LoggingConfiguration"] = target | {"LogFilePrefix": "a/"}
    if rng.random() < 0.6:
        said["LifecycleConfiguration"] = {"Rules": [_rule(rng, n) for n in range(rng.randint(1, 3))]}
    if rng.random() < 0.6:
        keys = rng.sample(["owner", "project", "stage", "cost-center"], rng.randint(1, 4))
        said["Tags"] = [{"Key": key, "Value": rng.choice(["a", "mobility", "true", "5"])} for key in keys]
    if rng.random() < 0.4:
        said["NotificationConfiguration"] = _notification(rng)
    kept = said.get("ObjectLockEnabled") or said.get("VersioningConfiguration", {}).get("Status") == "Enabled"
    if kept and rng.random() < 0.4:
        said["ReplicationConfiguration"] = _replication(rng)


def _encryption(rng: Random) -> Config:
    default: Config = {"SSEAlgorithm": rng.choice(["AES256", "aws:kms", "aws:kms:dsse"])}
    if default["SSEAlgorithm"] != "AES256" and rng.random() < 0.7:
        default["KMSMasterKeyID"] = KEY
    rule: Config = {"ServerSideEncryptionByDefault": default}
    if rng.random() < 0.5:
        rule["BucketKeyEnabled"] = rng.random() < 0.5
    return {"ServerSideEncryptionConfiguration": [rule]}


def _rule(rng: Random, number: int) -> Config:
    rule: Config = {"Id": f"rule{number}", "Status": rng.choice(["Enabled", "Disabled"])}
    if rng.random() < 0.5:
        rule["Prefix"] = rng.choice(["", "logs/", "raw/"])
    kind = rng.randint(0, 3)
    if kind == 0:
        rule["ExpirationInDays"] = rng.choice([1, 30, 365])
    elif kind == 1:
        days, place = rng.choice([30, 90]), rng.choice(["GLACIER", "STANDARD_IA"])
        rule["Transitions"] = [{"TransitionInDays": days, "StorageClass": place}]
    elif kind == 2:
        rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": rng.choice([7, 30])}
    else:
        rule["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": 7}
    return rule


def _notification(rng: Random) -> Config:
    """Draw who is told of what; EventBridge is left out, which moto takes and forgets."""
    event = rng.choice(["s3:ObjectCreated:*", "s3:ObjectRemoved:Delete", "s3:ObjectRestore:*"])
    return rng.choice(
        [
            {"TopicConfigurations": [{"Topic": TOPIC, "Event": event}]},
            {"QueueConfigurations": [{"Queue": QUEUE, "Event": event}]},
        ]
    )


def _replication(rng: Random) -> Config:
    rule = {
        "Id": "copy", "Status": rng.choice(["Enabled", "Disabled"]), "Priority": 1, "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"}, "Destination": {"Bucket": "arn:aws:s3:::LOGS"},
    }  # fmt: skip
    return {"Role": f"arn:aws:iam::{ACCOUNT}:role/replication", "Rules": [rule]}


def statements(rng: Random) -> list[Config] | None:
    """Draw the statements of a bucket policy, or none; ARN stands for the bucket's own."""
    if rng.random() < 0.25:
        return None
    return [_denial(rng) if rng.random() < 0.4 else _statement(rng, n) for n in range(rng.randint(1, 3))]


def _denial(rng: Random) -> Config:
    """Draw a denial of clear text, whole or with one part of it wrong."""
    said: Config = {
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["ARN", "ARN/*"],
        "Condition": {"Bool": {"aws:SecureTransport": rng.choice(["false", False])}},
    }  # fmt: skip
    flaw = rng.randint(0, 7)
    if flaw == 0:
        said["Action"] = "s3:GetObject"
    elif flaw == 1:
        said["Resource"] = rng.choice(["ARN", "ARN/*", ["ARN/*"]])
    elif flaw == 2:
        said["Principal"] = {"AWS": rng.choice(["*", f"arn:aws:iam::{ACCOUNT}:root"])}
    elif flaw == 3:
        said["Condition"] = {"Bool": {"aws:SecureTransport": "true"}}
    elif flaw == 4:
        said["Condition"]["StringEquals"] = {"s3:prefix": "a"}
    return said


def _statement(rng: Random, number: int) -> Config:
    said: Config = {"Sid": f"S{number}", "Effect": rng.choice(["Allow", "Allow", "Allow", "Deny"])}
    said["Principal"] = rng.choice(
        [
            "*", {"AWS": "*"}, {"AWS": ["*"]}, {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, {"AWS": "111122223333"},
            {"AWS": ["arn:aws:iam::111122223333:role/reader", ACCOUNT]}, {"Service": "cloudtrail.amazonaws.com"},
            {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
        ]
    )  # fmt: skip
    said["Action"] = rng.choice(
        [
            "s3:GetObject", "s3:*", "*", "s3:Put*", ["s3:ListBucket", "s3:PutBucketPolicy"], "s3:PutObjectAcl",
            "S3:getobject",
        ]
    )  # fmt: skip
    said["Resource"] = rng.choice(["ARN", "ARN/*", ["ARN", "ARN/*"], "*", "ARN/public/*"])
    if rng.random() < 0.5:
        said["Condition"] = rng.choice(
            [
                {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
                {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
                {"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}},
                {"StringEquals": {"aws:SourceAccount": [ACCOUNT]}},
                {"IpAddress": {"aws:SourceIp": rng.choice(["203.0.113.0/24", "0.0.0.0/0", "10.0.0.0/7"])}},
                {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{ACCOUNT}:*"}},
                {"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}},
                {"ForAnyValue:StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]}},
                {"Null": {"aws:SourceVpce": "true"}},
                {"Bool": {"aws:SecureTransport": "true"}},
            ]
        )
    return said


def put(value: Any, **names: str) -> Any:
    """Put names in place of what stands for them."""
    if isinstance(value, dict):
        return {key: put(part, **names) for key, part in value.items()}
    if isinstance(value, list):
        return [put(part, **names) for part in value]
    for sign, name in names.items():
        value = value.replace(sign, name) if isinstance(value, str) and sign in value else value
    return value


def logged(arn: str) -> Config:
    """Let logs be delivered to a bucket, which S3 asks for before it takes one as their target."""
    service = {"Service": "logging.s3.amazonaws.com"}
    return {"Effect": "Allow", "Principal": service, "Action": "s3:PutObject", "Resource": f"{arn}/*"}


def make_target(name: str) -> None:
    """Make the bucket that others send their logs and copies to."""
    make(name, {"VersioningConfiguration": {"Status": "Enabled"}}, [logged("ARN")], target=name)


def make(name: str, said: Config, policy: list[Config] | None, *, target: str) -> None:
    """Make the bucket that a configuration describes, with AWS's defaults where it says nothing."""
    s3 = client("s3")
    place = {"LocationConstraint": REGION}
    locked = bool(said.get("ObjectLockEnabled"))
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=locked)
    written = said.get("PublicAccessBlockConfiguration")
    block = {key: True if written is None else written.get(key, False) for key in SETTINGS}
    s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=said.get("OwnershipControls", ENFORCED))
    if (acl := said.get("AccessControl")) is not None:
        _grant(s3, name, acl)
    if "LoggingConfiguration" in said:
        _let(s3, name, [logged("ARN")])
    _set(s3, name, put(said, LOGS=target))
    s3.delete_bucket_policy(Bucket=name)
    if policy is not None:
        _let(s3, name, policy)
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block)


def _grant(s3: Any, name: str, acl: str) -> None:
    """Write a canned ACL out, grant by grant: moto keeps only the first one of a canned group."""
    owner = s3.get_bucket_acl(Bucket=name)["Owner"]
    group = "AuthenticatedUsers" if acl == "AuthenticatedRead" else "AllUsers"
    permissions = {"Private": [], "PublicReadWrite": ["READ", "WRITE"]}.get(acl, ["READ"])
    public = {"Type": "Group", "URI": f"http://acs.amazonaws.com/groups/global/{group}"}
    grants = [{"Grantee": {"Type": "CanonicalUser", "ID": owner["ID"]}, "Permission": "FULL_CONTROL"}]
    grants += [{"Grantee": public, "Permission": permission} for permission in permissions]
    s3.put_bucket_acl(Bucket=name, AccessControlPolicy={"Grants": grants, "Owner": owner})


def _let(s3: Any, name: str, policy: list[Config]) -> None:
    document = {"Version": "2012-10-17", "Statement": put(policy, ARN=f"arn:aws:s3:::{name}")}
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(document))


def _set(s3: Any, name: str, said: Config) -> None:
    default = [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    rules = said.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", default)
    renamed = [
        {("ApplyServerSideEncryptionByDefault" if key == "ServerSideEncryptionByDefault" else key): value
         for key, value in rule.items()} for rule in rules
    ]  # fmt: skip
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": renamed})
    if "VersioningConfiguration" in said:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=said["VersioningConfiguration"])
    if "ObjectLockConfiguration" in said:
        s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=said["ObjectLockConfiguration"])
    if "LoggingConfiguration" in said:
        target = said["LoggingConfiguration"].get("DestinationBucketName", name)
        s3.put_bucket_logging(
            Bucket=name, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "a/"}}
        )
    if "LifecycleConfiguration" in said:
        made = [_live_rule(rule) for rule in said["LifecycleConfiguration"]["Rules"]]
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": made})
    if "Tags" in said:
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": said["Tags"]})
    if "NotificationConfiguration" in said:
        s3.put_bucket_notification_configuration(
            Bucket=name, NotificationConfiguration=_live_notification(said["NotificationConfiguration"])
        )
    if "ReplicationConfiguration" in said:
        copied = copy.deepcopy(said["ReplicationConfiguration"])
        copied["Rules"] = [
            {("ID" if key == "Id" else key): part for key, part in rule.items()} for rule in copied["Rules"]
        ]
        s3.put_bucket_replication(Bucket=name, ReplicationConfiguration=copied)


def _live_rule(rule: Config) -> Config:
    made: Config = {"ID": rule["Id"], "Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    if "ExpirationInDays" in rule:
        made["Expiration"] = {"Days": rule["ExpirationInDays"]}
    if "Transitions" in rule:
        made["Transitions"] = [
            {"Days": one["TransitionInDays"], "StorageClass": one["StorageClass"]} for one in rule["Transitions"]
        ]
    for same in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        made |= {same: rule[same]} if same in rule else {}
    return made


def _live_notification(said: Config) -> Config:
    return {
        f"{kind}Configurations": [
            {f"{kind}Arn": one[kind], "Events": [one["Event"]]} for one in said[f"{kind}Configurations"]
        ]
        for kind in ("Topic", "Queue")
        if f"{kind}Configurations" in said
    }


class Dresser:
    """Writes plain values with CloudFormation's functions, so that they mean the same."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self.parameters: Config = {}
        self.mappings: Config = {"Values": {}}

    def dressed(self, value: Any, *, is_policy: bool = False) -> Any:
        """Write a value in one of the ways that resolve to it."""
        if isinstance(value, dict):
            said = {key: self.dressed(part, is_policy=is_policy) for key, part in value.items()}
            return self._maybe(said, 0.05)
        if isinstance(value, list):
            return [self.dressed(part, is_policy=is_policy) for part in value]
        if isinstance(value, bool):
            return str(value).lower() if not is_policy and self._rng.random() < 0.2 else value
        if isinstance(value, int):
            return str(value) if self._rng.random() < 0.2 else value
        is_sign = isinstance(value, str) and ("ARN" in value or "LOGS" in value)
        return self._text(value) if not is_sign and self._rng.random() < 0.35 else value

    def whole(self, resources: Config) -> Config:
        """Give the template of resources that were written so."""
        never = {"Fn::Equals": ["a", "b"]}
        return {
            "Conditions": {"Always": {"Fn::Not": [{"Condition": "Never"}]}, "Never": never},
            "Parameters": self.parameters, "Mappings": self.mappings, "Resources": resources,
        }  # fmt: skip

    def _maybe(self, value: Any, chance: float) -> Any:
        if self._rng.random() >= chance:
            return value
        return {"Fn::If": ["Always", value, {"Ref": "AWS::NoValue"}]}

    def _text(self, text: str) -> Any:
        name, cut = f"P{len(self.parameters)}", self._rng.randint(0, len(text))
        way = self._rng.randint(0, 6)
        if way == 0:
            self.parameters[name] = {"Type": "String", "Default": text}
            return {"Ref": name}
        if way == 1:
            self.parameters[name] = {"Type": "String", "Default": text[:cut]}
            return {"Fn::Sub": f"${{{name}}}{text[cut:]}"}
        if way == 2:
            self.mappings["Values"][name] = {"it": text}
            self.parameters[name] = {"Type": "String", "AllowedValues": [name]}
            return {"Fn::FindInMap": ["Values", {"Ref": name}, "it"]}
        return [
            {"Fn::Join": ["", [text[:cut], text[cut:]]]},
            {"Fn::If": ["Never", "something else", text]},
            {"Fn::Select": ["1", ["something else", text]]},
            {"Fn::Sub": ["${It}", {"It": text}]},
        ][way - 3]


def written(rng: Random, name: str, said: Config, policy: list[Config] | None) -> tuple[str, str]:
    """Write a configuration as a template, and give the suffix of its file."""
    dresser, is_named = Dresser(rng), rng.random() < 0.7
    own = {"BucketName": name} if is_named else {}
    properties = {key: dresser.dressed(value) for key, value in (said | own).items()}
    resources: Config = {
        "Data": {"Type": "AWS::S3::Bucket", "Properties": _with_logs(properties)},
        "Logs": {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}},
        "LogsPolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Logs"},
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [logged("arn:aws:s3:::Logs")]},
            },
        },
        "Nothing": {"Type": "AWS::S3::Bucket", "Condition": "Never"},
    }
    if policy is not None:
        document = {"Version": "2012-10-17", "Statement": dresser.dressed(policy, is_policy=True)}
        document = _with_arn(document, rng, name if is_named else None)
        resources["Policy"] = {
            "Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Data"}, "PolicyDocument": document}
        }  # fmt: skip
    template = dresser.whole(resources)
    if rng.random() < 0.5:
        return json.dumps(template, indent=rng.choice([None, 2])), ".json"
    return yaml.dump(_short(template) if rng.random() < 0.7 else template, Dumper=_Dumper, sort_keys=False), ".yaml"


def _with_logs(value: Any) -> Any:
    """Refer to the other bucket of the template wherever it is meant, whatever function the sign stands in."""
    return _signed(value, "LOGS", lambda text: {"Fn::Sub": text.replace("LOGS", "${Logs}")})


def _with_arn(value: Any, rng: Random, name: str | None) -> Any:
    def referred(text: str) -> Any:
        rest = text.removeprefix("ARN")
        ways: list[Any] = [
            {"Fn::Sub": f"${{Data.Arn}}{rest}"},
            {"Fn::Join": ["", [{"Fn::GetAtt": ["Data", "Arn"]}, rest]]},
        ]
        ways += [{"Fn::Sub": f"arn:${{AWS::Partition}}:s3:::${{Data}}{rest}"}]
        ways += [{"Fn::GetAtt": "Data.Arn"}] if not rest else []
        ways += [f"arn:aws:s3:::{name}{rest}"] if name is not None else []
        return rng.choice(ways)

    return _signed(value, "ARN", referred)


def _signed(value: Any, sign: str, referred: Any) -> Any:
    if isinstance(value, dict):
        return {key: _signed(part, sign, referred) for key, part in value.items()}
    if isinstance(value, list):
        return [_signed(part, sign, referred) for part in value]
    return referred(value) if isinstance(value, str) and sign in value else value


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


class _Tagged:
    def __init__(self, name: str, value: Any) -> None:
        self.name, self.value = name, value


def _tagged(dumper: yaml.SafeDumper, tagged: _Tagged) -> yaml.Node:
    tag = f"!{tagged.name.removeprefix('Fn::')}"
    if isinstance(tagged.value, str):
        return dumper.represent_scalar(tag, tagged.value)
    node = dumper.represent_data(tagged.value)
    node.tag = tag
    return node


_Dumper.add_representer(_Tagged, _tagged)
SHORT = frozenset(
    {"Ref", "Fn::Sub", "Fn::Join", "Fn::GetAtt", "Fn::If", "Fn::Select", "Fn::FindInMap", "Fn::Not", "Fn::Equals"}
)


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        if len(value) == 1 and (name := next(iter(value))) in SHORT:
            return _Tagged(name, _short(value[name]))
        return {key: _short(part) for key, part in value.items()}
    return [_short(part) for part in value] if isinstance(value, list) else value
