"""Cases: a configuration, what is asked of it by which reference, and the verdict that its source gives.

A configuration is played in moto, or answered in its place where moto cannot play it; what the command does stays real.
"""

import contextlib
import io
import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import botocore.client
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from holdfast.shared import clients
from holdfast_console.main import main

ACCOUNT, OTHER, REGION = "123456789012", "444455556666", "eu-west-1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
UNREACHABLE = "unreachable"
PERMISSION = re.compile(r"\b(s3|s3express|sagemaker|cloudtrail):[A-Z][A-Za-z]+")

State = Callable[["Stage", str], str | None]
"""Sets a resource of a name up, and gives the name that AWS chose if it did."""
World = Callable[["Stage"], None]
"""Sets up what holds for the whole account."""


@dataclass(frozen=True)
class Case:
    """One configuration under one reference; `contested` says who judges it otherwise, and `unread` what is missing."""

    said: str
    reference: str
    verdict: str
    source: str
    state: State
    given: Mapping[str, Any] = field(default_factory=dict)
    world: World | None = None
    contested: str | None = None
    names: str | None = None

    @property
    def id(self) -> str:
        """Name the case for pytest."""
        return f"{self.reference}: {self.said}: {self.verdict}"


class Stage:
    """An account in moto, and what is answered in moto's place: by operation and by a name among the arguments."""

    def __init__(self) -> None:
        self.played: dict[tuple[str, str], Any] = {}
        self.added: dict[tuple[str, str], Any] = {}
        self.listed: dict[str, tuple[str, list[Any]]] = {}
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str = REGION) -> Any:
        """Give a client for setting things up."""
        if (service, region) not in self._clients:
            self._clients[service, region] = boto3.client(service, region)
        return self._clients[service, region]

    def play(self, operation: str, name: str, answer: Any) -> None:
        """Answer an operation on a name: a fact, or a code with which it is refused."""
        self.played[operation, name] = answer

    def add(self, operation: str, name: str, more: Mapping[str, Any]) -> None:
        """Add to what moto answers of a name what it does not keep."""
        self.added[operation, name] = more

    def lists(self, operation: str, field_: str, *items: Any) -> None:
        """Let a list operation name these as well."""
        self.listed.setdefault(operation, (field_, []))[1].extend(items)

    @contextlib.contextmanager
    def standing(self) -> Iterator[None]:
        """Answer in moto's place while the command runs."""
        make = botocore.client.BaseClient._make_api_call

        def call(client: Any, operation: str, arguments: Any) -> Any:
            for name in ("*", *_names_in(arguments)):
                if (operation, name) in self.played:
                    return _given(self.played[operation, name], operation)
            if operation in self.listed:
                field_, items = self.listed[operation]
                return {field_: list(items)}
            found = make(client, operation, arguments)
            for name in _names_in(arguments):
                found |= self.added.get((operation, name), {})
            return found

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(botocore.client.BaseClient, "_make_api_call", call)
            yield


def _names_in(arguments: Mapping[str, Any]) -> Iterator[str]:
    yield from (value for value in arguments.values() if isinstance(value, str))


def _given(answer: Any, operation: str) -> Any:
    if answer == UNREACHABLE:
        raise EndpointConnectionError(endpoint_url=f"https://aws.example/{operation}")
    if isinstance(answer, str):
        raise ClientError({"Error": {"Code": answer, "Message": "refused"}}, operation)
    return answer


Found = dict[tuple[int, str], list[dict[str, Any]]]


class Suite:
    """The cases of one family, judged together: one run of the command for all that share a world and parameters."""

    def __init__(self, cases: Sequence[Case], *kinds: str, prefix: str = "case") -> None:
        self.cases, self._kinds, self._prefix = cases, kinds, prefix

    def findings(self, number: int) -> list[dict[str, Any]]:
        """Give the findings on a case's resource under its reference."""
        return self._judged[number]

    @cached_property
    def _judged(self) -> dict[int, list[dict[str, Any]]]:
        found: dict[int, list[dict[str, Any]]] = {}
        for (world, given), numbers in self._grouped().items():
            found |= self._run(world, json.loads(given), numbers)
        return found

    def _grouped(self) -> dict[tuple[World | None, str], list[int]]:
        groups: dict[tuple[World | None, str], list[int]] = defaultdict(list)
        for number, case in enumerate(self.cases):
            groups[case.world, json.dumps(case.given, sort_keys=True)].append(number)
        return groups

    def _run(self, world: World | None, given: Any, numbers: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
        clients.forget()
        with mock_aws(), contextlib.ExitStack() as entered:
            stage = Stage()
            if world is not None:
                world(stage)
            names = {}
            for number in numbers:
                name = self.cases[number].names or f"{self._prefix}-{number:03}"
                names[number] = self.cases[number].state(stage, name) or name
            entered.enter_context(stage.standing())
            rows = told(self._arguments(given, numbers, entered))
        clients.forget()
        return {
            number: [
                row for row in rows
                if row["resource"] == names[number] and self.cases[number].reference in row["references"]
            ]
            for number in numbers
        }  # fmt: skip

    def _arguments(self, given: Any, numbers: Iterable[int], entered: contextlib.ExitStack) -> list[str]:
        arguments = [f"--region={REGION}", *(f"--kind={kind}" for kind in self._kinds)]
        arguments += [f"--control={reference}" for reference in {self.cases[number].reference for number in numbers}]
        if given:
            folder = Path(entered.enter_context(tempfile.TemporaryDirectory()))
            (folder / "parameters.json").write_text(json.dumps(given))
            arguments.append(f"--params={folder / 'parameters.json'}")
        return arguments


def told(arguments: Sequence[str]) -> list[dict[str, Any]]:
    """Run the command and give its findings."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        main(["check", "--json", *arguments])
    return [json.loads(line) for line in out.getvalue().splitlines()]


def agrees(case: Case, findings: Sequence[Mapping[str, Any]]) -> None:
    """Fail unless all that answers the reference gives the case's verdict."""
    said = [(one["control"], one["verdict"], one["reason"]) for one in findings]
    assert {verdict for _, verdict, _ in said} == {case.verdict}, f"{case.id} [{case.source}]: got {said}"
    if case.verdict == "unknown" and case.contested is None:
        assert all(PERMISSION.search(reason) for _, _, reason in said), f"no permission is named: {said}"
