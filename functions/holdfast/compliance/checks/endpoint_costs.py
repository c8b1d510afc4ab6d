"""What an endpoint's instances cost."""

from collections.abc import Iterator
from typing import Any

from holdfast.compliance.checks.costs import costly, monthly
from holdfast.compliance.control import Costly
from holdfast.compliance.facts import Fact, Facts, UnknownFactError
from holdfast.compliance.reads.cost import ENDPOINT_HARDWARE

VARIANTS = ("ProductionVariants", "ShadowProductionVariants")


def variants_of(fact: Fact) -> Iterator[dict[str, Any]]:
    """Give all variants of an endpoint or of its configuration, also those that only shadow."""
    for name in VARIANTS:
        yield from fact.get(name) or []


def is_serverless(variant: dict[str, Any]) -> bool:
    """Tell whether a variant, of an endpoint or a configuration, has no instances of its own."""
    return any(name in variant for name in ("ServerlessConfig", "CurrentServerlessConfig", "DesiredServerlessConfig"))


def priced(why: str, facts: Facts, counts: dict[str, int] | None = None) -> Costly | str:
    """Say how an endpoint breaks a control, and what it costs: by the counts that run, or those it started with.

    The counts of an endpoint that scales by itself change with every look, and with them what is said of it.
    """
    try:
        config = facts[ENDPOINT_HARDWARE]
    except UnknownFactError:
        return Costly(f"{why}; its instances could not be read", None)
    running = [_running(variant, counts) for variant in variants_of(config) if not is_serverless(variant)]
    if config and not running:
        return why
    names = ", ".join(dict.fromkeys(name for name, _ in running)) or "its instances"
    return costly(why, monthly(facts.resource.region, running), of=names)


def _running(variant: dict[str, Any], counts: dict[str, int] | None) -> tuple[str, int]:
    started = variant.get("InitialInstanceCount", 1)
    count = started if counts is None else counts.get(variant.get("VariantName", ""), started)
    return variant.get("InstanceType", "instances of several types"), int(count)
