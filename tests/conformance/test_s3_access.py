"""Who gets into a bucket: by policy, by ACL, and what blocks take away."""

import pytest

from tests.conformance.buckets import (
    ANY_ACCOUNT,
    EVERYONE,
    SETTINGS,
    account_block,
    allow,
    blocks,
    bucket,
    deny,
    grants,
    refused,
    when,
)  # fmt: skip
from tests.conformance.case import ACCOUNT, OTHER, REGION, UNREACHABLE, Case, Stage, State, Suite, agrees

pytestmark = pytest.mark.xdist_group("conformance_s3_access")

ROOT, FOREIGN = f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{OTHER}:root"
GUIDE = "S3 user guide, the meaning of public"
HUB, POST = "Security Hub s3-controls", "AWS re:Post, s3-bucket-ssl-requests-only"
GUARD = "AWS guard rules registry, s3_bucket_ssl_requests_only"
PROWLER = "Prowler tests"
OBJECTS = "{arn}/*"
CLEAR = when("Bool", "aws:SecureTransport", "false")
NO_BLOCK = blocks()
BLOCKED = account_block()
RESTRICTED = account_block(BlockPublicAcls=False, IgnorePublicAcls=False, BlockPublicPolicy=False)
IGNORING = account_block(BlockPublicAcls=False, RestrictPublicBuckets=False, BlockPublicPolicy=False)


def tls(said: str, verdict: str, source: str, state: State, contested: str | None = None) -> list[Case]:
    """Ask for TLS only under the three names it goes by."""
    names = ("FSBP S3.5", "Config s3-bucket-ssl-requests-only", "Prowler s3_bucket_secure_transport_policy")
    name = names[2] if "Prowler" in source else names[1] if "guard" in source or "re:Post" in source else names[0]
    return [Case(said, name, verdict, source, state, contested=contested)]


def public(said: str, read: str, write: str, state: State, source: str = GUIDE, **more: object) -> list[Case]:
    """Ask for reading and for writing by the public, and for both together."""
    whole = "fail" if "fail" in (read, write) else "unknown" if "unknown" in (read, write) else "pass"
    return [
        Case(said, reference, verdict, source, state, **more)  # type: ignore[arg-type]
        for reference, verdict in (
            ("FSBP S3.2", read), ("FSBP S3.3", write), ("Prowler s3_bucket_public_access", whole)
        )
    ]  # fmt: skip


def read_only_when(condition: dict[str, object], verdict: str, source: str = GUIDE, **more: object) -> list[Case]:
    """Ask whether a condition keeps the public from reading."""
    [(operator, tests)] = condition["Condition"].items()  # type: ignore[attr-defined]
    state = bucket(allow("s3:GetObject", resource=OBJECTS, **condition))
    return [
        Case(f"everyone may read if {operator} {tests}", "FSBP S3.2", verdict, source, state, **more),  # type: ignore[arg-type]
    ]


def foreign(said: str, verdict: str, source: str, *statements: dict[str, object], **more: object) -> list[Case]:
    """Ask whether another account gets in."""
    return [
        Case(said, "Prowler s3_bucket_cross_account_access", verdict, source, bucket(*statements), **more)  # type: ignore[arg-type]
    ]


def administered(said: str, verdict: str, source: str, *statements: dict[str, object], **more: object) -> list[Case]:
    """Ask whether another account may change the bucket."""
    return [Case(said, "FSBP S3.6", verdict, source, bucket(*statements), **more)]  # type: ignore[arg-type]


def objects(*acls: str, **more: object) -> State:
    """Make a bucket with an object of each ACL."""

    def state(stage: Stage, name: str) -> None:
        bucket(**more)(stage, name)  # type: ignore[arg-type]
        for number, acl in enumerate(acls):
            stage.client("s3").put_object(Bucket=name, Key=f"object-{number}", Body=b"x", ACL=acl)

    return state


ONLY_OBJECTS = "Prowler takes a denial of s3:PutObject on the objects for enough"
TLS = [
    *tls("no policy", "fail", PROWLER, bucket()),
    *tls("all denied without TLS", "pass", POST, bucket(deny("s3:*", **CLEAR))),
    *tls("all denied without TLS", "pass", PROWLER, bucket(deny("s3:*", **CLEAR))),
    *tls("all denied without TLS to AWS *", "pass", HUB, bucket(deny("s3:*", {"AWS": "*"}, **CLEAR))),
    *tls("all denied without TLS to a list of AWS *", "pass", HUB, bucket(deny("s3:*", {"AWS": ["*"]}, **CLEAR))),
    *tls("every action of AWS denied without TLS", "pass", PROWLER, bucket(deny("*", **CLEAR))),
    *tls("a list of s3:* denied without TLS", "pass", PROWLER, bucket(deny(["s3:*"], **CLEAR))),
    *tls("in capital letters", "pass", HUB, bucket(deny("S3:*", **when("bool", "AWS:SECURETRANSPORT", "FALSE")))),
    *tls("only reading allowed, with TLS", "fail", POST,
         bucket(allow("s3:GetObject", resource=OBJECTS, **when("Bool", "aws:SecureTransport", "true")))),
    *tls("only reading denied without TLS", "fail", PROWLER, bucket(deny("s3:GetObject", resource=OBJECTS, **CLEAR))),
    *tls("only putting denied without TLS", "fail", PROWLER,
         bucket(deny("s3:PutObject", resource=OBJECTS, **CLEAR)), ONLY_OBJECTS),
    *tls("any resource, false as JSON has it", "pass", GUARD,
         bucket(deny("s3:*", resource="*", **when("Bool", "aws:SecureTransport", False)))),
    *tls("denied with TLS", "fail", GUARD,
         bucket(deny("s3:*", resource="*", **when("Bool", "aws:SecureTransport", True)))),
    *tls("allowed without TLS", "fail", GUARD,
         bucket(allow("s3:*", resource="*", **when("Bool", "aws:SecureTransport", False)))),
    *tls("a policy that says nothing of TLS", "fail", GUARD,
         bucket(allow("s3:PutObject", {"Service": "delivery.logs.amazonaws.com"},
                      **when("StringEquals", "s3:x-amz-acl", "bucket-owner-full-control")))),
    *tls("denied on the objects alone", "fail", HUB, bucket(deny("s3:*", resource=OBJECTS, **CLEAR))),
    *tls("denied on the bucket alone", "fail", HUB, bucket(deny("s3:*", resource="{arn}", **CLEAR))),
    *tls("denied on the bucket and on the objects apart", "pass", HUB,
         bucket(deny("s3:*", resource="{arn}", **CLEAR), deny("s3:*", resource=OBJECTS, **CLEAR))),
    *tls("one pattern over both", "pass", HUB, bucket(deny("s3:*", resource="{arn}*", **CLEAR))),
    *tls("another bucket's resources", "fail", HUB,
         bucket(deny("s3:*", resource=["arn:aws:s3:::elsewhere", "arn:aws:s3:::elsewhere/*"], **CLEAR))),
    *tls("denied to one account alone", "fail", HUB, bucket(deny("s3:*", {"AWS": FOREIGN}, **CLEAR))),
    *tls("only where another condition holds", "fail", HUB,
         bucket(deny("s3:*", Condition={"Bool": {"aws:SecureTransport": "false"},
                                        "StringEquals": {"aws:PrincipalAccount": OTHER}}))),
    *tls("only old versions of TLS denied", "fail", HUB,
         bucket(deny("s3:*", **when("NumericLessThan", "s3:TlsVersion", "1.2")))),
    *tls("one statement, not a list", "pass", HUB, bucket(policy=deny("s3:*", **CLEAR))),
    *tls("false in a list", "pass", HUB, bucket(deny("s3:*", **when("Bool", "aws:SecureTransport", ["false"])))),
    *tls("denied among other statements", "pass", HUB,
         bucket(allow("s3:GetObject", {"AWS": ROOT}), deny("s3:*", **CLEAR))),
    *tls("some actions denied by name", "fail", HUB, bucket(deny(["s3:GetObject", "s3:PutObject"], **CLEAR))),
    *tls("the policy cannot be read", "unknown", "issue: unread facts", refused(
        "GetBucketPolicy", "AccessDenied", bucket())),
    *tls("the policy is throttled", "unknown", "issue: unread facts", refused(
        "GetBucketPolicy", "SlowDown", bucket(deny("s3:*", **CLEAR)))),
    *tls("S3 is unreachable", "unknown", "issue: unread facts", refused(
        "GetBucketPolicy", UNREACHABLE, bucket(deny("s3:*", **CLEAR)))),
]  # fmt: skip

PUBLIC = [
    *public("nothing set", "pass", "pass", bucket(), PROWLER),
    *public("all four blocks", "pass", "pass", bucket(block=blocks(*SETTINGS)), PROWLER),
    *public("ACL public-read", "fail", "pass", bucket(acl="public-read", block=NO_BLOCK), PROWLER),
    *public("ACL public-read-write", "fail", "fail", bucket(acl=grants((EVERYONE, "READ"), (EVERYONE, "WRITE")))),
    *public("ACL authenticated-read", "fail", "pass", bucket(acl="authenticated-read")),
    *public("ACL private", "pass", "pass", bucket(acl="private")),
    *public("ACL log-delivery-write", "pass", "pass", bucket(acl="log-delivery-write")),
    *public("everyone WRITE", "pass", "fail", bucket(acl=grants((EVERYONE, "WRITE")))),
    *public("any account FULL_CONTROL", "fail", "fail", bucket(acl=grants((ANY_ACCOUNT, "FULL_CONTROL")))),
    *public("ACL public-read, public ACLs ignored", "pass", "pass",
            bucket(acl="public-read", block=blocks("IgnorePublicAcls"))),
    *public("ACL public-read, new public ACLs refused", "fail", "pass",
            bucket(acl="public-read", block=blocks("BlockPublicAcls"))),
    *public("ACL public-read, policies restricted", "fail", "pass",
            bucket(acl="public-read", block=blocks("RestrictPublicBuckets"))),
    *public("ACL public-read, ACLs off", "pass", "pass",
            bucket(acl="public-read", ownership="BucketOwnerEnforced"), "S3 user guide, object ownership"),
    *public("ACL public-read, owner preferred", "fail", "pass",
            bucket(acl="public-read", ownership="BucketOwnerPreferred"), "S3 user guide, object ownership"),
    *public("ACL public-read, the account ignores public ACLs", "pass", "pass", bucket(acl="public-read"),
            world=IGNORING),
    *public("ACL public-read, the account blocks all", "pass", "pass", bucket(acl="public-read"), PROWLER,
            world=BLOCKED),
    *public("everyone may read", "fail", "pass", bucket(allow("s3:GetObject", resource=OBJECTS)), HUB),
    *public("everyone may put", "pass", "fail",
            bucket(allow("s3:PutObject", resource=OBJECTS), block=NO_BLOCK), PROWLER),
    *public("everyone may do anything", "fail", "fail", bucket(allow("s3:*")), HUB),
    *public("AWS * may read", "fail", "pass", bucket(allow("s3:GetObject", {"AWS": "*"})), PROWLER),
    *public("a list with AWS * may read", "fail", "pass", bucket(allow("s3:GetObject", {"AWS": [ROOT, "*"]})),
            PROWLER),
    *public("everyone may list", "fail", "pass", bucket(allow("s3:ListBucket", resource="{arn}"))),
    *public("everyone may delete", "pass", "fail", bucket(allow("s3:DeleteObject", resource=OBJECTS))),
    *public("everyone may read below a prefix", "fail", "pass",
            bucket(allow("s3:GetObject", resource="{arn}/public/*"))),
    *public("everyone may read, policies restricted", "pass", "pass",
            bucket(allow("s3:GetObject"), block=blocks("RestrictPublicBuckets"))),
    *public("everyone may read, new public policies refused", "fail", "pass",
            bucket(allow("s3:GetObject"), block=blocks("BlockPublicPolicy"))),
    *public("everyone may read, the account restricts policies", "pass", "pass", bucket(allow("s3:GetObject")),
            world=RESTRICTED),
    *public("everyone may read, the account only ignores ACLs", "fail", "pass", bucket(allow("s3:GetObject")),
            world=IGNORING),
    *public("all but some actions to everyone", "fail", "fail",
            bucket(allow(None, NotAction="s3:DeleteBucket"))),
    *public("all but one account may read", "fail", "pass",
            bucket(allow("s3:GetObject", None, NotPrincipal={"AWS": FOREIGN}))),
    *public("one other account may do anything", "pass", "pass", bucket(allow("s3:*", {"AWS": FOREIGN}))),
    *public("a service may put", "pass", "pass",
            bucket(allow("s3:PutObject", {"Service": "logging.s3.amazonaws.com"}))),
    *public("a federated user may read", "pass", "pass",
            bucket(allow("s3:GetObject", {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/one"}))),
    *public("a canonical user may read", "pass", "pass", bucket(allow("s3:GetObject", {"CanonicalUser": "a" * 64}))),
    *public("only denials", "pass", "pass", bucket(deny("s3:*", **CLEAR))),
    *public("one statement, not a list", "fail", "pass", bucket(policy=allow("s3:GetObject"))),
    *public("allowed and denied again", "pass", "pass", bucket(allow("s3:GetObject"), deny("s3:GetObject"))),
    *public("the policy cannot be read", "unknown", "unknown", refused("GetBucketPolicy", "AccessDenied", bucket()),
            "issue: unread facts"),
    *public("the ACL cannot be read", "unknown", "unknown", refused("GetBucketAcl", "AccessDenied", bucket()),
            "issue: unread facts"),
]  # fmt: skip

IF_EXISTS = "AWS's text says nothing of IfExists; an absent key makes such a test true"
CONDITIONS = [
    *read_only_when(when("StringEquals", "aws:SourceVpc", "vpc-91237329"), "pass"),
    *read_only_when(when("StringLike", "aws:SourceVpc", "vpc-*"), "fail"),
    *read_only_when(when("StringLike", "aws:SourceVpc", "vpc-91237329"), "pass"),
    *read_only_when(when("StringEquals", "aws:SourceVpce", "vpce-1a2b3c4d"), "pass"),
    *read_only_when(when("StringEquals", "aws:sourcevpce", ["vpce-1a2b3c4d", "vpce-5e6f7a8b"]), "pass"),
    *read_only_when(when("StringLike", "aws:SourceVpce", ["vpce-1a2b3c4d", "*"]), "fail"),
    *read_only_when(when("StringNotEquals", "aws:SourceVpc", "vpc-91237329"), "fail"),
    *read_only_when(when("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"), "pass"),
    *read_only_when(when("StringLike", "aws:PrincipalOrgID", "o-*"), "fail"),
    *read_only_when(when("StringEquals", "aws:SourceAccount", ACCOUNT), "pass"),
    *read_only_when(when("StringEquals", "aws:SourceOwner", ACCOUNT), "pass"),
    *read_only_when(when("ArnEquals", "aws:SourceArn", f"arn:aws:sns:{REGION}:{ACCOUNT}:topic"), "pass"),
    *read_only_when(when("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:*"), "fail"),
    *read_only_when(when("StringEquals", "aws:userid", "AIDACKCEVSQ6C2EXAMPLE"), "pass"),
    *read_only_when(when("StringLike", "aws:userid", "AROACKCEVSQ6C2EXAMPLE:*"), "fail"),
    *read_only_when(when("StringEquals", "s3:DataAccessPointAccount", ACCOUNT), "pass"),
    *read_only_when(
        when("StringLike", "s3:DataAccessPointArn", f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/*"), "pass"),
    *read_only_when(when("StringLike", "s3:DataAccessPointArn", f"arn:aws:s3:{REGION}:*:accesspoint/*"), "fail"),
    *read_only_when(when("IpAddress", "aws:SourceIp", "203.0.113.0/24"), "pass"),
    *read_only_when(when("IpAddress", "aws:SourceIp", "203.0.113.7"), "pass"),
    *read_only_when(when("IpAddress", "aws:SourceIp", "0.0.0.0/0"), "fail"),
    *read_only_when(when("IpAddress", "aws:SourceIp", "0.0.0.0/1"), "fail"),
    *read_only_when(when("IpAddress", "aws:SourceIp", "54.0.0.0/8"), "pass"),
    *read_only_when(when("IpAddress", "aws:SourceIp", "54.0.0.0/7"), "fail"),
    *read_only_when(when("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "::/0"]), "fail"),
    *read_only_when(when("IpAddress", "aws:SourceIp", "2001:db8::/32"), "pass"),
    *read_only_when(when("IpAddress", "aws:SourceIp", "2001:db8::/31"), "fail"),
    *read_only_when(when("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"), "fail"),
    *read_only_when(when("StringLike", "aws:Referer", "https://www.example.com/*"), "fail"),
    *read_only_when(when("StringEquals", "aws:UserAgent", "secret"), "fail"),
    *read_only_when(when("Bool", "aws:SecureTransport", "true"), "fail"),
    *read_only_when(when("StringEquals", "s3:ExistingObjectTag/public", "yes"), "fail"),
    *read_only_when(when("StringEquals", "aws:SourceVpc", "${aws:SourceVpc}"), "fail", HUB),
    *read_only_when(when("Null", "aws:SourceVpc", "false"), "fail"),
    *read_only_when(when("StringEqualsIfExists", "aws:SourceVpce", "vpce-1a2b3c4d"), "fail", contested=IF_EXISTS),
    *read_only_when(when("ForAllValues:StringEquals", "aws:SourceVpce", "vpce-1a2b3c4d"), "fail",
                    "IAM user guide, set operators", contested="the same for ForAllValues"),
    *read_only_when(when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-ab12/*"), "pass",
                    "IAM Access Analyzer", contested="the text of S3 does not list aws:PrincipalOrgPaths"),
    Case("any address, but through one endpoint", "FSBP S3.2", "pass", GUIDE, bucket(
        allow("s3:GetObject", Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"},
                                         "StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}))),
    Case("put by everyone whose object is encrypted", "FSBP S3.3", "fail", GUIDE, bucket(
        allow("s3:PutObject", **when("StringEquals", "s3:x-amz-server-side-encryption", "aws:kms")))),
    Case("put by everyone from one VPC", "FSBP S3.3", "pass", GUIDE, bucket(
        allow("s3:PutObject", resource="*", **when("StringEquals", "aws:SourceVpc", "vpc-91237329")))),
    Case("put by everyone from any VPC", "FSBP S3.3", "fail", GUIDE, bucket(
        allow("s3:PutObject", resource="*", **when("StringLike", "aws:SourceVpc", "vpc-*")))),
]  # fmt: skip

ACLS = [
    Case(f"{group.rpartition('/')[2]} {permission}", f"Prowler s3_bucket_public_{name}_acl", verdict, PROWLER,
         bucket(acl=grants((group, permission)), block=NO_BLOCK))
    for group in (EVERYONE, ANY_ACCOUNT)
    for name, permission, verdict in (
        ("list", "READ", "fail"), ("list", "READ_ACP", "fail"), ("list", "FULL_CONTROL", "fail"),
        ("list", "WRITE", "pass"), ("write", "WRITE", "fail"), ("write", "WRITE_ACP", "fail"),
        ("write", "FULL_CONTROL", "fail"), ("write", "READ", "pass"),
    )
] + [
    Case("public ACL behind a block", f"Prowler s3_bucket_public_{name}_acl", "pass", PROWLER,
         bucket(acl="public-read-write", block=blocks(*SETTINGS)))
    for name in ("list", "write")
] + [
    Case("public ACL behind the account's block", f"Prowler s3_bucket_public_{name}_acl", "pass", PROWLER,
         bucket(acl="public-read-write"), world=BLOCKED)
    for name in ("list", "write")
] + [
    Case(f"ownership {ownership}", reference, verdict, PROWLER, bucket(ownership=ownership))
    for reference in ("FSBP S3.12", "Prowler s3_bucket_acl_prohibited")
    for ownership, verdict in (
        (None, "fail"), ("BucketOwnerEnforced", "pass"), ("BucketOwnerPreferred", "fail"), ("ObjectWriter", "fail")
    )
] + [
    Case("ownership ObjectWriter and an ACL for the owner alone", "Config s3-bucket-acl-prohibited", "fail", HUB,
         bucket(ownership="ObjectWriter", acl="private"),
         contested="AWS Config may look at the grants; with ACLs on, whoever may put an object may grant more"),
    Case("ownership cannot be read", "FSBP S3.12", "unknown", "issue: unread facts",
         refused("GetBucketOwnershipControls", "AccessDenied", bucket())),
]  # fmt: skip

BLOCKS = [
    Case("no block", "FSBP S3.8", "fail", HUB, bucket()),
    Case("all four on", "FSBP S3.8", "pass", HUB, bucket(block=blocks(*SETTINGS))),
    Case("all four off", "FSBP S3.8", "fail", HUB, bucket(block=NO_BLOCK)),
    *(
        Case(f"all but {off}", "FSBP S3.8", "fail", HUB, bucket(block=blocks(*(one for one in SETTINGS if one != off))))
        for off in SETTINGS
    ),
    Case("only the account blocks", "FSBP S3.8", "fail", HUB, bucket(), world=BLOCKED),
    Case("a bucket that is public on purpose", "Config s3-bucket-level-public-access-prohibited", "not_applicable",
         "AWS Config, excludedPublicBuckets", bucket(), names="website",
         given={"FSBP S3.8": {"excludedPublicBuckets": "website,other"}},
         contested="AWS does not say whether an excluded bucket is compliant or not judged"),
    Case("another bucket is public on purpose", "FSBP S3.8", "fail", "AWS Config, excludedPublicBuckets", bucket(),
         given={"S3.8": {"excludedPublicBuckets": ["website"]}}),
    Case("the block cannot be read", "FSBP S3.8", "unknown", "issue: unread facts",
         refused("GetPublicAccessBlock", "AccessDenied", bucket())),
    *(
        Case(said, "Prowler s3_bucket_level_public_access_block", verdict, PROWLER, bucket(block=block), world=world)
        for said, verdict, block, world in (
            ("all four on", "pass", blocks(*SETTINGS), None),
            ("all four off", "fail", NO_BLOCK, None),
            ("public access taken away, new not refused", "pass",
             blocks("IgnorePublicAcls", "RestrictPublicBuckets"), None),
            ("only new public access refused", "fail", blocks("BlockPublicAcls", "BlockPublicPolicy"), None),
            ("the account blocks", "pass", NO_BLOCK, BLOCKED),
        )
    ),
]  # fmt: skip

ADMIN = [
    *administered("no policy", "pass", HUB),
    *(
        case
        for action in ("DeleteBucketPolicy", "PutBucketAcl", "PutBucketPolicy", "PutEncryptionConfiguration",
                       "PutObjectAcl")
        for case in administered(f"another account may {action}", "fail", HUB, allow(f"s3:{action}", {"AWS": FOREIGN}))
    ),
    *administered("own account may DeleteBucketPolicy", "pass", PROWLER, allow("s3:DeleteBucketPolicy", {"AWS": ROOT})),
    *administered("another account may read", "pass", HUB, allow(["s3:GetObject", "s3:ListBucket"], {"AWS": FOREIGN})),
    *administered("another account may do anything", "fail", HUB, allow("s3:*", {"AWS": FOREIGN})),
    *administered("another account may Put*", "fail", HUB, allow("s3:Put*", {"AWS": FOREIGN})),
    *administered("another account by its number", "fail", HUB, allow("s3:PutBucketPolicy", {"AWS": OTHER})),
    *administered("a role of another account", "fail", HUB,
                  allow("s3:PutBucketAcl", {"AWS": f"arn:aws:iam::{OTHER}:role/admin"})),
    *administered("own and another account", "fail", HUB, allow("s3:PutBucketAcl", {"AWS": [ROOT, FOREIGN]})),
    *administered("everyone", "fail", PROWLER, allow("s3:DeleteBucketPolicy", {"AWS": "*"}, "arn:aws:s3:::*")),
    *administered("on a condition", "fail", "AWS Config: conditions are not looked at",
                  allow("s3:PutBucketPolicy", {"AWS": FOREIGN}, **when("IpAddress", "aws:SourceIp", "10.0.0.0/8"))),
    *administered("a denial to another account", "pass", HUB, deny("s3:PutBucketPolicy", {"AWS": FOREIGN})),
    *administered("a service", "pass", HUB, allow("s3:PutBucketPolicy", {"Service": "config.amazonaws.com"})),
    *administered("all but reading to another account", "fail", HUB,
                  allow(None, {"AWS": FOREIGN}, NotAction="s3:GetObject")),
    *administered("another account may tag, which was asked to be denied", "fail", "AWS Config, parameters",
                  allow("s3:PutBucketTagging", {"AWS": FOREIGN}),
                  given={"FSBP S3.6": {"blacklistedActionPatterns": "s3:PutBucketTagging,s3:Delete*"}}),
    *administered("the policy cannot be read", "unknown", "issue: unread facts"),
]  # fmt: skip
ADMIN[-1] = Case("the policy cannot be read", "FSBP S3.6", "unknown", "issue: unread facts",
                 refused("GetBucketPolicy", "AccessDenied", bucket()))  # fmt: skip

TRUST = {"Prowler s3_bucket_cross_account_access": {
    "trusted_accounts": [ACCOUNT], "trusted_vpcs": ["vpc-12345678"],
    "trusted_vpces": ["vpce-12345678", "vpce-87654321"], "trusted_orgs": ["o-goodorg"],
}}  # fmt: skip
C7N = "Cloud Custodian tests, cross-account"
PUT, GET = "s3:PutObject", "s3:GetObject"
CROSS = [
    *foreign("no policy", "pass", PROWLER),
    *foreign("own account", "pass", PROWLER, allow("s3:DeleteBucketPolicy", {"AWS": ROOT}, "arn:aws:s3:::*")),
    *foreign("everyone", "fail", PROWLER, allow("s3:DeleteBucketPolicy", {"AWS": "*"}, "arn:aws:s3:::*")),
    *foreign("any account", "fail", PROWLER,
             allow(["s3:PutEncryptionConfiguration", "s3:PutBucketPolicy"], {"AWS": "arn:aws:iam::*:root"})),
    *foreign("own and another account", "fail", C7N, allow(PUT, {"AWS": [ROOT, FOREIGN]})),
    *foreign("another account that is trusted", "pass", PROWLER, allow(GET, {"AWS": FOREIGN}),
             given={"Prowler s3_bucket_cross_account_access": {"trusted_accounts": [OTHER]}}),
    *foreign("another account that is trusted, as text", "pass", PROWLER, allow(GET, {"AWS": OTHER}),
             given={"s3_bucket_cross_account_access": {"trusted_accounts": OTHER}}),
    *foreign("a third account beside a trusted one", "fail", PROWLER,
             allow(GET, {"AWS": [FOREIGN, "arn:aws:iam::999988887777:root"]}),
             given={"Prowler s3_bucket_cross_account_access": {"trusted_accounts": [OTHER]}}),
    *foreign("a topic of ours", "pass", C7N,
             allow(PUT, **when("ArnEquals", "aws:sourcearn", f"arn:aws:sns:us-east-1:{ACCOUNT}:topic"))),
    *foreign("a topic of another account", "fail", C7N,
             allow(PUT, **when("ArnEquals", "aws:sourcearn", f"arn:aws:sns:us-east-1:{OTHER}:topic"))),
    *foreign("a topic of ours, by likeness", "pass", C7N,
             allow(PUT, **when("ArnLike", "aws:SourceArn", f"arn:aws:sns:us-east-1:{ACCOUNT}"))),
    *foreign("a topic of another account, by likeness", "fail", C7N,
             allow(PUT, **when("ArnLike", "aws:SourceArn", f"arn:aws:sns:us-east-1:{OTHER}"))),
    *foreign("a trusted VPC", "pass", C7N, allow(PUT, **when("StringEquals", "aws:sourceVpc", "vpc-12345678")),
             given=TRUST),
    *foreign("a VPC that is not trusted", "fail", C7N,
             allow(PUT, **when("StringEquals", "aws:sourceVpc", "vpc-01234567")), given=TRUST),
    *foreign("a trusted endpoint", "pass", C7N, allow(PUT, **when("StringEquals", "aws:sourceVpce", "vpce-12345678")),
             given=TRUST),
    *foreign("an endpoint that is not trusted", "fail", C7N,
             allow(PUT, **when("StringEquals", "aws:sourceVpce", "vpce-01234567")), given=TRUST),
    *foreign("a VPC where none is named as trusted", "pass", C7N,
             allow(PUT, **when("StringEquals", "aws:sourceVpc", "vpc-01234567"))),
    *foreign("an endpoint where none is named as trusted", "pass", C7N,
             allow(PUT, **when("StringEquals", "aws:sourceVpce", "vpce-01234567"))),
    *foreign("a trusted organisation", "pass", C7N,
             allow(PUT, **when("StringEquals", "aws:PrincipalOrgID", "o-goodorg")), given=TRUST),
    *foreign("another organisation", "fail", C7N,
             allow(PUT, **when("StringEquals", "aws:PrincipalOrgID", "o-badorg")), given=TRUST),
    *foreign("a topic of ours through a trusted VPC", "pass", C7N, allow(PUT, Condition={
        "ArnLike": {"aws:SourceArn": f"arn:aws:sns:us-east-1:{ACCOUNT}"},
        "StringEquals": {"aws:sourceVpc": "vpc-12345678"}}), given=TRUST),
    *foreign("a topic of ours through another VPC", "pass", C7N, allow(PUT, Condition={
        "ArnLike": {"aws:SourceArn": f"arn:aws:sns:us-east-1:{ACCOUNT}"},
        "StringEquals": {"aws:sourceVpc": "vpc-55252554"}}), given=TRUST,
        contested="Custodian asks that each condition be trusted; AWS demands all of them at once, so one is enough"),
    *foreign("a role of ours by aws:arn", "pass", C7N,
             allow(PUT, **when("StringLike", "aws:arn", f"arn:aws:iam::{ACCOUNT}:role/MySpecialRole"))),
    *foreign("a role of another account by aws:arn", "fail", C7N,
             allow(PUT, **when("StringLike", "aws:arn", f"arn:aws:iam::{OTHER}:role/MySpecialRole"))),
    *foreign("access points of ours", "pass", C7N, allow(PUT, ["*"], **when(
        "StringLike", "s3:DataAccessPointArn", [f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/*"]))),
    *foreign("access points of another account", "fail", C7N, allow(PUT, ["*"], **when(
        "StringLike", "s3:DataAccessPointArn", [f"arn:aws:s3:us-east-1:{OTHER}:accesspoint/*"]))),
    *foreign("access points' account is ours", "pass", C7N,
             allow(PUT, **when("StringEquals", "s3:DataAccessPointAccount", [ACCOUNT]))),
    *foreign("access points' account is another", "fail", C7N,
             allow(PUT, **when("StringEquals", "s3:DataAccessPointAccount", [OTHER]))),
    *foreign("all but one principal", "fail", C7N, allow(PUT, None, NotPrincipal={"AWS": FOREIGN})),
    *foreign("a condition that names nobody", "fail", C7N,
             allow(PUT, **when("ForAllValues:StringEquals", "s3:x-amz-acl", ["private"]))),
    *foreign("other accounts kept to ours by aws:PrincipalAccount", "pass", C7N, allow(GET, {"AWS": FOREIGN}, **when(
        "StringEquals", "aws:PrincipalAccount", ACCOUNT))),
    *foreign("a service", "pass", C7N, allow(PUT, {"Service": "cloudtrail.amazonaws.com"})),
    *foreign("a CloudFront origin access identity", "pass", C7N, allow(GET, {
        "AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE"})),
    *foreign("only denials to others", "pass", C7N, deny(PUT, **when(
        "StringNotEquals", "s3:x-amz-server-side-encryption", ["AES256", "aws:kms"]))),
    *foreign("everyone from one address range", "pass", C7N,
             allow(GET, **when("IpAddress", "aws:SourceIp", "203.0.113.0/24"))),
]  # fmt: skip

MATRIX = "Prowler tests, is_condition_block_restrictive"
TRAILS = "arn:aws:cloudtrail:{region}:{account}:trail/{name}"


def told_by(key: str, *accounts: str, pattern: bool = False) -> list[str]:
    """Write the values by which a condition names accounts."""
    if not key.lower().endswith("arn"):
        return list(accounts)
    region, name = ("*", "*") if pattern else (REGION, "test")
    return [TRAILS.format(region=region, account=account, name=name) for account in accounts]


KEPT = [
    case
    for operators, keys in (
        (("StringEquals", "StringLike"), ("aws:SourceAccount", "AWS:SourceOwner", "aws:PrincipalAccount")),
        (("ArnEquals", "ArnLike", "StringEquals", "StringLike"), ("aws:SourceArn", "AWS:PrincipalArn")),
    )
    for operator in operators
    for key in keys
    for said, verdict, accounts in (
        ("ours", "pass", (ACCOUNT,)), ("another's", "fail", (OTHER,)), ("ours and another's", "fail", (ACCOUNT, OTHER))
    )
    for case in foreign(f"everyone if {operator} {key} is {said}", verdict, MATRIX, allow(PUT, {"AWS": "*"}, **when(
        operator, key, told_by(key, *accounts, pattern=operator == "ArnLike"))))
] + [
    *foreign("everyone if one condition of two names us", "pass", MATRIX, allow("s3:*", Condition={
        "Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SourceOwner": ACCOUNT}})),
    *foreign("everyone from our organisation's paths", "pass", MATRIX, allow(GET, **when(
        "ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/*"))),
    *foreign("everyone from any organisation", "fail", MATRIX, allow(GET, **when(
        "StringLike", "aws:PrincipalOrgID", "*"))),
    *foreign("everyone, for the bucket is ours", "fail", MATRIX, allow(GET, **when(
        "StringEquals", "s3:ResourceAccount", ACCOUNT)),
        contested="Prowler takes s3:ResourceAccount for a limit; it is the bucket's account, not the caller's"),
]  # fmt: skip

STRANGE = [
    Case(said, "Prowler s3_bucket_public_access", verdict, f"{PROWLER}, is_policy_public", state, contested=contested)
    for said, verdict, state, contested in (
        ("any account's root", "fail", bucket(allow("s3:*", "arn:aws:iam::*:root")), None),
        ("any account's root, among AWS", "fail", bucket(allow("s3:*", {"AWS": "arn:aws:iam::*:root"})), None),
        ("any canonical user", "fail", bucket(allow("s3:*", {"CanonicalUser": "*"})), None),
        ("everyone among other principals", "fail", bucket(allow("s3:*", {
            "AWS": ROOT, "Service": "lambda.amazonaws.com", "CanonicalUser": "*"})), None),
        ("every action of AWS", "fail", bucket(allow("*", resource="*")), None),
        ("every action, starred twice", "fail", bucket(allow("s3:**")), None),
        ("from one range of addresses", "pass", bucket(allow("s3:*", {"AWS": "*"}, **when(
            "IpAddress", "aws:SourceIp", "192.0.2.0/24"))), None),
        ("from any address, in a list", "fail", bucket(allow(["*"], {"AWS": "*"}, **when(
            "IpAddress", "aws:SourceIp", ["0.0.0.0/0"]))), None),
        ("from a star of addresses", "fail", bucket(allow("s3:*", **when("IpAddress", "aws:SourceIp", "*"))), None),
        ("from one address or any", "fail", bucket(allow("s3:*", **when(
            "IpAddress", "AWS:SOURCEIP", ["192.168.1.1", "0.0.0.0/0"]))), None),
        ("from private addresses", "pass", bucket(allow("s3:*", **when(
            "IpAddress", "aws:SourceIp", ["192.168.1.1", "10.0.0.1"]))), None),
        ("a service for our organisation", "pass", bucket(allow("*", {"Service": "personalize.amazonaws.com"}, **when(
            "StringLike", "aws:SourceOrgID", "o-123456"))), None),
        ("trails of one account, by a pattern", "fail", bucket(allow(PUT, **when(
            "ArnLike", "aws:SourceArn", f"arn:aws:cloudtrail:*:{ACCOUNT}:trail/*"))),
         "Prowler asks only that the account is fixed; AWS's definition, that the value has no wildcard"),
    )
]  # fmt: skip

WRITES = [
    Case(said, "Prowler s3_bucket_policy_public_write_access", verdict, PROWLER, state, world=world)
    for said, verdict, state, world in (
        ("no policy", "pass", bucket(), None),
        ("only a denial", "pass", bucket(deny(PUT, resource=OBJECTS, **when(
            "StringNotEquals", "s3:x-amz-server-side-encryption", "aws:kms"))), None),
        ("everyone may put", "fail", bucket(allow(PUT, resource=OBJECTS), ownership="BucketOwnerEnforced"), None),
        ("everyone may do anything", "fail", bucket(allow("s3:*")), None),
        ("everyone may put, restricted", "pass", bucket(allow(PUT), block=blocks("RestrictPublicBuckets")), None),
        ("everyone may put, the account restricts", "pass", bucket(allow(PUT)), RESTRICTED),
        ("everyone may read", "pass", bucket(allow(GET)), None),
        ("own account may put", "pass", bucket(allow(PUT, {"AWS": ROOT})), None),
    )
]  # fmt: skip

SAMPLED = [
    Case(said, "Prowler s3_bucket_object_public", verdict, PROWLER, state)
    for said, verdict, state in (
        ("an empty bucket", "pass", objects()),
        ("private objects", "pass", objects("private", "private")),
        ("a public object", "fail", objects("private", "public-read")),
        ("an object for any account", "fail", objects("authenticated-read")),
        ("a public object, ACLs off", "pass", objects("public-read", ownership="BucketOwnerEnforced")),
        ("objects cannot be listed", "unknown", refused("ListObjectsV2", "AccessDenied", objects("private"))),
        ("S3 fails", "unknown", refused("ListObjectsV2", "InternalError", objects("private"))),
    )
] + [
    Case(said, "Prowler s3_bucket_shadow_resource_vulnerability", verdict, PROWLER, bucket(), names=name)
    for said, verdict, name in (
        ("a name that SageMaker would use, our own", "pass", f"sagemaker-{REGION}-{ACCOUNT}"),
        ("a name that Glue would use, our own", "pass", f"aws-glue-assets-{ACCOUNT}-{REGION}"),
        ("a name that nobody would guess", "pass", "my-non-predictable-bucket"),
    )
]  # fmt: skip

CASES = [*TLS, *PUBLIC, *CONDITIONS, *ACLS, *BLOCKS, *ADMIN, *CROSS, *KEPT, *STRANGE, *WRITES, *SAMPLED]
JUDGED = Suite(CASES, "s3_bucket")


@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES)), ids=[case.id for case in CASES])
def test_a_bucket_is_judged_as_its_source_says(number: int, case: Case) -> None:
    agrees(case, JUDGED.findings(number))
