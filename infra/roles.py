"""Roles as the stage wants them: under its path, with its prefix, within its boundary."""

from aws_cdk import Names
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.settings import Stage

MOST_NAME = 64


def service_role(
    scope: Construct, construct_id: str, stage: Stage, *, assumed_by: iam.IPrincipal | None = None
) -> iam.Role:
    """Make a role that Lambda, or whoever is said, takes on, and that may do nothing yet."""
    name = None
    if stage.role_prefix:
        name = stage.role_prefix + Names.unique_resource_name(
            scope, max_length=MOST_NAME - len(stage.role_prefix), separator="-"
        )
    return iam.Role(
        scope,
        construct_id,
        role_name=name,
        path=stage.role_path,
        assumed_by=assumed_by or iam.ServicePrincipal("lambda.amazonaws.com"),
    )
