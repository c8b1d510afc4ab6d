"""How the jobs that monitor a model must be set up: four kinds of definition, and the schedules that hold one."""

from holdfast.compliance.checks.job_settings import Words, is_on
from holdfast.compliance.facts import Fact
from holdfast.compliance.inside import at

ISOLATION = Words(
    "A monitoring job reads what a model is asked and answers: from a container that may call out, it can leave.",
    "Make a new job definition with NetworkConfig.EnableNetworkIsolation: it cannot be changed afterwards.",
)
TRAFFIC = Words(
    "The containers of a distributed monitoring job exchange what the model saw and said in clear text.",
    "Make a new job definition with NetworkConfig.EnableInterContainerTrafficEncryption: it cannot be changed later.",
)


def isolated(definition: Fact) -> str | None:
    """Fail unless network isolation is on; the default is off."""
    return _off(definition, "EnableNetworkIsolation")


def traffic_encrypted(definition: Fact) -> str | None:
    """Fail unless traffic between containers is encrypted; the default is off."""
    return _off(definition, "EnableInterContainerTrafficEncryption")


def _off(definition: Fact, switch: str) -> str | None:
    value = at(definition, "NetworkConfig", switch)
    said = "not set" if value is None else str(value).lower()
    return None if is_on(value) else f"NetworkConfig.{switch} is {said}, expected true"
