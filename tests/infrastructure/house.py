"""Read synthesised templates: by construct path, by role, and with intrinsics as long as they are once deployed."""

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from infra.synthesis import Synthesis

Resource = dict[str, Any]
Statement = dict[str, Any]
PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Region": "ap-southeast-2",
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}
A_NAME = "Holdfast-production-Reac-BatchesBatchJudgeInboxArriva-ABCDEFGHIJKL"
AN_ARN = f"arn:aws:dynamodb:ap-southeast-2:123456789012:table/{A_NAME}"


class House:
    """Both templates of a stage."""

    def __init__(self, synthesis: Synthesis) -> None:
        self.synthesis = synthesis
        self.stateful, self.reactive = synthesis.templates.values()

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """Every resource, by its construct path without the stack and without `/Resource`."""
        found = {}
        for template in (self.stateful, self.reactive):
            for resource in template["Resources"].values():
                path = resource["Metadata"]["aws:cdk:path"].partition("/")[2].removesuffix("/Resource")
                found[path] = resource
        return found

    def of(self, kind: str) -> dict[str, Resource]:
        """All resources of one type."""
        return {path: resource for path, resource in self.resources.items() if resource["Type"] == kind}

    @property
    def functions(self) -> dict[str, Resource]:
        """The functions by their construct's name."""
        return {path.split("/")[-2]: resource for path, resource in self.of("AWS::Lambda::Function").items()}

    def logical(self, path: str) -> str:
        """The logical id of a construct's resource."""
        for template in (self.stateful, self.reactive):
            for logical_id, resource in template["Resources"].items():
                if resource is self.resources[path]:
                    return str(logical_id)
        raise KeyError(path)

    def statements(self, function: str) -> list[Statement]:
        """Everything a function's role may do, wherever it is written."""
        return [one for document in self.documents(function) for one in document["Statement"]]

    def documents(self, function: str) -> list[dict[str, Any]]:
        """The policies of a function's role."""
        kinds = {**self.of("AWS::IAM::Policy"), **self.of("AWS::IAM::ManagedPolicy")}
        return [one["Properties"]["PolicyDocument"] for path, one in kinds.items() if f"/{function}/Role/" in path]

    def actions(self, function: str, service: str) -> set[str]:
        """What a function may do in one service."""
        return {
            action
            for one in self.statements(function)
            for action in listed(one["Action"])
            if action.startswith(f"{service}:")
        }

    def queue_policy(self, path: str) -> list[Statement]:
        """The statements of a queue's policy."""
        return list(self.resources[f"{path}/Policy"]["Properties"]["PolicyDocument"]["Statement"])


def listed(value: Any) -> list[Any]:
    """One or many as many."""
    return value if isinstance(value, list) else [value]


def texts(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def deployed(value: Any) -> Any:
    """A value with its intrinsics replaced by texts at least as long as they turn into."""
    if isinstance(value, list):
        return [deployed(part) for part in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((name, said),) = value.items()
        if name == "Ref":
            return PSEUDO.get(said, A_NAME)
        if name in ("Fn::GetAtt", "Fn::ImportValue"):
            return AN_ARN
        if name == "Fn::Join":
            return said[0].join(str(deployed(part)) for part in said[1])
        if name == "Fn::Sub":
            return (
                str(said)
                .replace("${AWS::AccountId}", PSEUDO["AWS::AccountId"])
                .replace("${AWS::Region}", PSEUDO["AWS::Region"])
            )
    return {name: deployed(part) for name, part in value.items()}


def size(value: Any) -> int:
    """How many characters a policy or pattern takes once deployed, without white space."""
    return len(json.dumps(deployed(value), separators=(",", ":"), ensure_ascii=False))
