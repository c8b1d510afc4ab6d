"""What S3 says of bucket names that anyone can guess, and of who holds them.

AWS services make buckets by names that follow from account and Region. Bucket names are one world over, so somebody
else may hold such a name first, and then the service writes into his bucket.
"""

import re
from collections.abc import Iterator

from holdfast.compliance.facts import Ask, Call, Fact, Read
from holdfast.compliance.resource import Resource

PATTERNS = {
    "SageMaker": "sagemaker-{region}-{account}",
    "Glue": "aws-glue-assets-{account}-{region}",
    "EMR Studio": "aws-emr-studio-{account}-{region}",
    "CodeStar": "aws-codestar-{region}-{account}",
}
STACKS = re.compile(r"cf-templates-[a-z0-9]+-[a-z]{2}(-[a-z]+)+-\d")
"""CloudFormation's: its middle part is the account's own, and whoever saw it once can guess the rest."""
REGION = r"[a-z]{2}(?:-[a-z]+)+-\d"
REGIONS = (
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
    "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1",
    "us-east-2", "us-west-1", "us-west-2",
)  # fmt: skip
"""Those that are on in every account of the public partition."""

LIST = Call("s3", "list_buckets", "s3:ListAllMyBuckets")
HEAD = Call(
    "s3", "head_bucket", "s3:ListBucket", "bucket", ("404", "NoSuchBucket"),
    telling=("400", "403", "AccessDenied", "301", "PermanentRedirect"),
)  # fmt: skip
"""Names no owner: a stranger's bucket is refused or shown, and either says that it is there."""


def service_of(resource: Resource) -> str | None:
    """Name the AWS service that makes buckets by such a name in this account, in whatever Region."""
    found = (name for name, pattern in PATTERNS.items() if _of(pattern, REGION, resource).fullmatch(resource.name))
    return next(found, "CloudFormation" if STACKS.fullmatch(resource.name) else None)


def guessable(resource: Resource) -> dict[str, str]:
    """Give the names that services use in an account, each with its service: SageMaker's in every Region."""
    regions = {resource.region, *(REGIONS if resource.partition == "aws" else ())}
    wanted = [(service, resource.region) for service in PATTERNS] + [("SageMaker", region) for region in regions]
    return {
        PATTERNS[service].format(region=region, account=resource.account): service for service, region in wanted
    }  # fmt: skip


def _of(pattern: str, region: str, resource: Resource) -> re.Pattern[str]:
    return re.compile(pattern.format(region=region, account=re.escape(resource.account)))


def _own(ask: Ask) -> Iterator[str]:
    for page in ask.pages(LIST, PaginationConfig={"PageSize": 10_000}):
        yield from (bucket["Name"] for bucket in page.get("Buckets", []))


def _held(ask: Ask) -> Fact:
    names = guessable(ask.resource)
    own = names.keys() & set(_own(ask))
    return {
        "Names": [
            {"Name": name, "Service": service, "IsOwn": name in own, "IsTaken": name in own or _is_there(ask, name)}
            for name, service in sorted(names.items())
        ]
    }


def _is_there(ask: Ask, name: str) -> bool:
    return bool(ask(HEAD, Bucket=name))


GUESSABLE = Read("guessable_bucket_names", (LIST, HEAD), _held)
OWN = Read("is_own_bucket", (LIST,), lambda ask: {"IsOwn": ask.resource.name in set(_own(ask))})
