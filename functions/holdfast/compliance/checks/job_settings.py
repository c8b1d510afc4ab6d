"""How SageMaker's jobs must be set up, whatever kind of job it is."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from holdfast.compliance.control import NotApplicable, Ruling
from holdfast.compliance.facts import Fact
from holdfast.compliance.parameters import Parameters

HOUR = 3600
LOCAL_STORAGE = re.compile(r"ml\.([a-z]+\d+[a-z]*d[a-z]*|g5|g6|g6e|g6f|gr6|gr6f|p5|p5e|p5en|p6\S*|trn1|trn1n|trn2)\.")
"""Instance types that keep data on disks of their own: they encrypt those themselves and AWS refuses a key."""


class Distributed(Parameters):
    """`distributedOnly` leaves alone what runs on one instance, where no traffic between containers leaves it."""

    distributed_only: bool = False


class Runtime(Parameters):
    """`maxRuntimeHours` is the longest that a job may be allowed to run; AWS's own default is a day."""

    max_runtime_hours: float = Field(default=24, gt=0)


class Wait(Parameters):
    """`maxWaitHours` is the longest that a job may wait for spot capacity and run, together."""

    max_wait_hours: float = Field(default=48, gt=0)


@dataclass(frozen=True, slots=True)
class Words:
    """Why a setting matters for every kind of job, and what to do."""

    rationale: str
    advice: str


VPC = Words(
    "Outside a VPC of one's own, a job's traffic to data and to the internet passes no rule or log of ours.",
    "Start the job with VpcConfig: private subnets, a security group, and endpoints for S3 and the other services.",
)
ISOLATION = Words(
    "Code in a container that may call out can carry training data away.",
    "Start the job with EnableNetworkIsolation; SageMaker itself still brings the data and takes the result.",
)
TRAFFIC = Words(
    "In a distributed job the containers exchange what they learn from the data over the network, in clear text.",
    "Start the job with EnableInterContainerTrafficEncryption, in a VPC whose security group passes ESP and UDP 500.",
)
VOLUME = Words(
    "A KMS key of one's own on the job's disks can be audited, limited and withdrawn; SageMaker's cannot.",
    "Start the job with a VolumeKmsKeyId that its role may use.",
)
OUTPUT = Words(
    "A KMS key of one's own on what the job writes can be audited, limited and withdrawn; S3's cannot.",
    "Start the job with a KmsKeyId for its output that its role may use.",
)
RUNTIME = Words(
    "A job that hangs is paid for until its maximum runtime is over.",
    "Start the job with a maximum runtime somewhat above what it needs.",
)
SPOT = Words(
    "Spot capacity can be taken away at any moment: without a checkpoint the work starts again, and is paid for twice.",
    "Start the job with CheckpointConfig, and a script that saves to its path and resumes from it.",
)
WAIT = Words(
    "A job that waits for spot capacity without a bound is late without anyone having decided so.",
    "Start the job with a MaxWaitTimeInSeconds that the result can wait for.",
)


def is_on(value: Any) -> bool:
    """Read a boolean, which a template may spell as text."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def in_vpc(settings: Fact) -> str | None:
    """Fail unless subnets are named; AWS refuses an empty list of them."""
    return None if "Subnets" in (settings.get("VpcConfig") or {}) else "no VpcConfig: it runs outside our VPCs"


def isolated(settings: Fact) -> str | None:
    """Fail unless network isolation is on; the default is off."""
    return None if is_on(settings.get("EnableNetworkIsolation")) else "network isolation is off"


def traffic_encrypted(settings: Fact, resources: Fact, distributed_only: bool) -> Ruling:
    """Fail unless traffic between containers is encrypted; the default is off, with one instance as with many."""
    if is_on(settings.get("EnableInterContainerTrafficEncryption")):
        return None
    if distributed_only and instances(resources) == 1:
        return NotApplicable("it runs on one instance: no traffic between containers leaves it")
    return "traffic between containers is not encrypted"


def volume_encrypted(resources: Fact) -> Ruling:
    """Fail without a key of one's own on the volume, where the instance type can have one."""
    if resources.get("VolumeKmsKeyId"):
        return None
    types = types_of(resources)
    if types and all(LOCAL_STORAGE.match(each) for each in types):
        return NotApplicable(f"{', '.join(types)} encrypts its own disks: AWS refuses a key for it")
    return "its volume has no KMS key of ours"


def output_encrypted(output: Fact) -> str | None:
    """Fail without a key of one's own for what the job writes."""
    return None if output.get("KmsKeyId") else "its output has no KMS key of ours"


def runtime_bounded(seconds: Any, hours: float, default: int | None = None) -> str | None:
    """Fail if the job may run longer than allowed; `default` is AWS's own bound when none was given."""
    bound = default if seconds is None else seconds
    if bound is None:
        return f"it has no maximum runtime, expected at most {hours:g} hours"
    allowed = int(bound)
    said = " (AWS's default)" if seconds is None else ""
    over = f"it may run for {allowed / HOUR:g} hours{said}, expected at most {hours:g}"
    return None if allowed <= hours * HOUR else over


def spot_resumes(settings: Fact) -> Ruling:
    """Fail if spot training keeps no checkpoint in S3."""
    if not is_on(settings.get("EnableManagedSpotTraining")):
        return NotApplicable("it is not managed spot training")
    return None if (settings.get("CheckpointConfig") or {}).get("S3Uri") else "spot training without a checkpoint"


def spot_wait_bounded(settings: Fact, hours: float) -> Ruling:
    """Fail if spot training may wait and run longer than allowed, or without a bound."""
    if not is_on(settings.get("EnableManagedSpotTraining")):
        return NotApplicable("it is not managed spot training")
    seconds = (settings.get("StoppingCondition") or {}).get("MaxWaitTimeInSeconds")
    if seconds is None:
        return f"spot training without a bound on its wait, expected at most {hours:g} hours"
    over = f"it may wait and run for {int(seconds) / HOUR:g} hours, expected at most {hours:g}"
    return None if int(seconds) <= hours * HOUR else over


def every(parts: Iterable[tuple[str, Fact]], check: Callable[[Fact], Ruling]) -> Ruling:
    """Rule on all named parts of a job: the first that breaks counts, and one to which it applies makes it apply."""
    rulings = [(name, check(part)) for name, part in parts]
    broken = [f"{name}: {ruling}" for name, ruling in rulings if isinstance(ruling, str)]
    if broken:
        return broken[0]
    if any(ruling is None for _, ruling in rulings):
        return None
    return rulings[0][1] if rulings else NotApplicable("it defines no training job")


def types_of(resources: Fact) -> tuple[str, ...]:
    """Name the instance types of a job, once each."""
    own = [resources.get("SelectedInstanceType") or resources.get("InstanceType")]
    groups = [group.get("InstanceType") for group in _groups(resources)]
    return tuple(dict.fromkeys(each for each in (*own, *groups) if each))


def instances(resources: Fact) -> int:
    """Count the instances of a job; one that names none has one."""
    if count := resources.get("SelectedInstanceCount") or resources.get("InstanceCount"):
        return int(count)
    return sum(int(group.get("InstanceCount", 1)) for group in _groups(resources)) or 1


def _groups(resources: Fact) -> list[Mapping[str, Any]]:
    return [*(resources.get("InstanceGroups") or []), *(resources.get("InstanceConfigs") or [])]
