"""Say to cdk-nag why something stands as it does, beside the thing itself."""

from collections.abc import Iterable, Mapping

from aws_cdk import Acknowledgment, Stack, Validations
from cdk_nag import AwsSolutionsChecks
from constructs import Construct, IConstruct


def check(app: Construct) -> None:
    """Refuse to synthesise what AWS's solutions rules object to and nobody gave a reason for."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))


def acknowledge(scope: IConstruct, rules: Iterable[str], reason: str) -> None:
    """Give the reason for what these rules object to."""
    found = [Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason) for rule in rules]
    if found:
        Validations.of(scope).acknowledge(*found)


def wildcards(scope: Construct, arns: Iterable[str], exports: Mapping[str, str]) -> list[str]:
    """Name the findings that these resources make, as cdk-nag spells them."""
    return [f"IAM5[Resource::{_spelled(scope, arn, exports)}]" for arn in arns if "*" in arn]


def _spelled(scope: Construct, arn: str, exports: Mapping[str, str]) -> str:
    for token, name in exports.items():
        arn = arn.replace(token, name)
    resolved = Stack.of(scope).resolve(arn)
    parts = resolved["Fn::Join"][1] if isinstance(resolved, dict) else [resolved]
    return "".join(part if isinstance(part, str) else f"<{_referred(part)}>" for part in parts)


def _referred(part: Mapping[str, str | list[str]]) -> str:
    (target,) = part.values()
    return target if isinstance(target, str) else ".".join(target)
