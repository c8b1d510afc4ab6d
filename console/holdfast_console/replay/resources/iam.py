"""AWS::IAM: roles and what they may do."""

import json
from typing import Any

from holdfast_console.replay.intrinsics import Installed, TemplateError
from holdfast_console.replay.service import Service
from holdfast_console.replay.site import Resource, Site, document
from holdfast_console.replay.wiring import NamedDocument, Role


def role(resource: Resource, site: Site) -> Installed:
    """Create a role with its inline policies."""
    properties = resource.properties
    name, path = properties.take("RoleName") or resource.named(), properties.take("Path", "/")
    trust, boundary = properties.need("AssumeRolePolicyDocument"), properties.take("PermissionsBoundary")
    inline = properties.take("Policies", [])
    properties.without_effect("Description", "MaxSessionDuration")
    made = site.client("iam").create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    documents = tuple(document(each["PolicyName"], each["PolicyDocument"]) for each in inline)
    site.add(Role(made["Arn"], trust, documents, tuple(properties.take("ManagedPolicyArns", [])), boundary))
    for each in documents:
        _put(site, name, each)
    return Installed(name, {"Arn": made["Arn"], "RoleId": made["RoleId"]})


def policy(resource: Resource, site: Site) -> Installed:
    """Attach a policy to the roles it names."""
    properties = resource.properties
    name = properties.need("PolicyName")
    named = document(name, properties.need("PolicyDocument"))
    for attached in _roles(properties.take("Roles", []), resource):
        _put(site, attached, named)
        site.amend(_arn(site, attached, resource), of=resource.logical_id, policies=[named])
    return Installed(name)


def managed_policy(resource: Resource, site: Site) -> Installed:
    """Create a managed policy and attach it to the roles it names."""
    properties = resource.properties
    name, path = properties.take("ManagedPolicyName") or resource.named(), properties.take("Path", "/")
    properties.without_effect("Description")
    content = properties.need("PolicyDocument")
    made = site.client("iam").create_policy(PolicyName=name, Path=path, PolicyDocument=json.dumps(content))["Policy"]
    site.managed_policies.append(document(made["Arn"], content))
    for attached in _roles(properties.take("Roles", []), resource):
        site.amend(_arn(site, attached, resource), of=resource.logical_id, managed_policies=[made["Arn"]])
    return Installed(made["Arn"], {"PolicyArn": made["Arn"]})


def _put(site: Site, role_name: str, named: NamedDocument) -> None:
    site.client("iam").put_role_policy(
        RoleName=role_name, PolicyName=named.name, PolicyDocument=json.dumps(named.document)
    )


def _roles(named: Any, resource: Resource) -> list[str]:
    if not named:
        raise TemplateError(f"{resource.logical_id}: a policy that is attached to no role grants nothing")
    return [str(each) for each in named]


def _arn(site: Site, name: str, resource: Resource) -> str:
    for arn, fact in site.facts.items():
        if isinstance(fact, Role) and arn.rsplit("/", 1)[-1] == name:
            return arn
    raise TemplateError(f"{resource.logical_id} speaks of role {name!r}, which no template makes")


SERVICE = Service(
    "iam", {"AWS::IAM::Role": role, "AWS::IAM::Policy": policy, "AWS::IAM::ManagedPolicy": managed_policy}
)
