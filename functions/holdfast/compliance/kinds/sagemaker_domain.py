"""A domain of Studio, known by its id: only AWS's answer to CreateDomain has it."""

from holdfast.compliance.reads.sagemaker import DOMAIN, DOMAIN_TAGS
from holdfast.compliance.sagemaker import standing

INSIDE = ("CreateUserProfile", "UpdateUserProfile", "DeleteUserProfile", "CreateSpace", "UpdateSpace", "CreateApp")
KIND = standing(
    "sagemaker_domain",
    noun="domain",
    api="Domain",
    described=DOMAIN,
    tags=DOMAIN_TAGS,
    type_in_arn="domain",
    name="DomainId",
    named_otherwise={
        "CreateDomain": ("responseElements", "domainArn"),
        **dict.fromkeys(INSIDE, ("requestParameters", "domainId")),
    },
    assumed={"AppNetworkAccessType": "PublicInternetOnly"},
)
