"""Where a check looks from: whose credentials these are, in which Regions, through which clients."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

import botocore.session

from holdfast.compliance.adapter import Account
from holdfast.compliance.kind import Kind
from holdfast.compliance.policy import Waiver
from holdfast.shared import clients
from holdfast.shared.clients import client
from holdfast_console.caller import caller

FALLBACK = "us-east-1"
ADDRESS = re.compile(r"^(https?://)\d{12}\.(?=(?:localhost|\d+(?:\.\d+){3})[:/])")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """An account and the Regions in which its resources are looked for; the first is home to what has no Region."""

    account: str
    partition: str
    regions: tuple[str, ...]
    waivers: tuple[Waiver, ...] = ()

    def seen_from(self, region: str) -> Account:
        """Give the account as one Region sees it."""
        return Account(
            self.account, region, partition=self.partition, clients=built_in(region), waivers=self.waivers
        )  # fmt: skip

    def home_of(self, kind: Kind, region: str) -> str:
        """Give the Region from which a resource is looked at that an event of a Region names."""
        return self.regions[0] if kind.is_global else region


def default_region() -> str | None:
    """Give the Region that the environment or the profile names."""
    region: str | None = botocore.session.get_session().get_config_variable("region")
    return region or None


def surroundings(regions: Iterable[str], waivers: Iterable[Waiver] = ()) -> Surroundings:
    """Ask AWS whose credentials these are, or raise a `GovernanceError` saying why that is not known."""
    named = tuple(dict.fromkeys(regions))
    account, arn = caller(named[0])
    return Surroundings(account, arn.split(":", 2)[1], named, tuple(waivers))


def built_in(region: str) -> Callable[..., Any]:
    """Give the clients of one Region; boto3 cannot build two at once, so threads wait for each other."""

    def give(service: str, elsewhere: str | None = None) -> Any:
        with _BUILDING:
            made = client(service, elsewhere or region)
            if service == "s3control":
                made.meta.events.register("before-call.s3-control", _at_home, unique_id="at-home")
            return made

    return give


def _at_home(params: dict[str, Any], **_: object) -> None:
    """Leave the account out of the host where that is an address: a stand-in for AWS has no name for every account."""
    params["url"] = ADDRESS.sub(r"\1", params["url"])


@contextmanager
def fresh_clients() -> Iterator[None]:
    """Build clients anew for one run, and leave none behind."""
    clients.forget()
    try:
        yield
    finally:
        clients.forget()


_BUILDING = Lock()
