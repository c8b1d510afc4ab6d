"""SageMaker Model Monitor's `constraints.json`: read as expectations, and suggested from a baseline. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from holdfast.batches.exchange.imported import Imported, Left, Said, document, gathered, items, refusal, shown, tersely
from holdfast.shared.foreign import at

KIND = "constraints.json of Model Monitor"
OVERRIDES = ("monitoringConfigOverrides", "monitoring_config_overrides")
TYPES = {
    "Integral": ["integer", "boolean"],
    "Fractional": ["number"],
    "String": ["text", "binary", "boolean", "date", "timestamp"],
}
MONITORING: Said = {
    "evaluate_constraints": "Enabled",
    "emit_metrics": "Enabled",
    "datatype_check_threshold": 1.0,
    "domain_content_threshold": 1.0,
    "distribution_constraints": {
        "perform_comparison": "Enabled",
        "comparison_threshold": 0.1,
        "comparison_method": "Robust",
        "categorical_comparison_threshold": 0.1,
        "categorical_drift_method": "LInfinity",
    },
}
FEATURE = frozenset({"name", "inferred_type", "completeness", "num_constraints", "string_constraints", *OVERRIDES})
SETTINGS = {
    "evaluate_constraints": "the manifest names what is judged: leave an expectation out to disable it",
    "emit_metrics": "metrics are always there, one for each model",
    "datatype_check_threshold": "a column has one type here: there is no share of values of another",
    "domain_content_threshold": "read by some as the share allowed outside the domain, by others as the share required "
    "within: none is taken; set mostly on the expectation",
    "distribution_constraints": "the drift tests compare every column: see drift.effect, which is held against "
    "an exact distance once noise is ruled out",
}


def is_constraints(found: Mapping[str, Any]) -> bool:
    """Tell whether a document looks like constraints rather than statistics."""
    return isinstance(found.get("features"), list) and "dataset" not in found


def constraints(data: bytes) -> Imported:
    """Read constraints; raises `ContractError` if they are none. Everything in them is taken over or listed.

    Model Monitor reports violations and stops nothing, so what is taken over is a notice.
    """
    found = document(data, kind=KIND)
    features = items(found, "features", kind=KIND)
    parts = [_feature(f"features[{place}]", feature) for place, feature in enumerate(features)]
    return gathered([*parts, Imported(left=tuple(_settings(found)))])


def _settings(found: Mapping[str, Any]) -> Iterator[Left]:
    config = found.get("monitoring_config")
    for key in config if isinstance(config, Mapping) else ():
        yield Left("monitoring_config", shown(key), SETTINGS.get(key, "nothing here means the same"))
    for key in found:
        if key not in ("version", "features", "monitoring_config"):
            yield Left("the file", shown(key), "nothing here means the same")


def _feature(where: str, feature: Any) -> Imported:
    if not isinstance(feature, Mapping) or not isinstance(name := feature.get("name"), str) or not name:
        return Imported(left=(Left(where, "a feature", "expected an object with a name"),))
    taken, left = [], list(_unknown(where, name, feature))
    for what, said in _wanted(name, feature):
        if (reason := refusal(said)) is None:
            taken.append(said)
        else:
            left.append(Left(where, f"{what} of {shown(name)}", reason))
    return Imported(tuple(taken), tuple(left))


def _wanted(name: str, feature: Mapping[str, Any]) -> Iterator[tuple[str, Said]]:
    about: Said = {"column": name, "on_failure": "notice"}
    kind = feature.get("inferred_type")
    if kind not in (None, "Unknown"):
        yield "inferred_type", {"expect": "type", **about, "types": TYPES.get(str(kind), [shown(kind)])}
    if (share := feature.get("completeness")) is not None and (share != 0 or isinstance(share, bool)):
        share = 1.0 if share == 1 and not isinstance(share, bool) else share
        yield "completeness", tersely({"expect": "not_null", **about, "mostly": share})
    if at(feature, "num_constraints", "is_non_negative") is True:
        yield "is_non_negative", {"expect": "range", **about, "minimum": 0}
    if (domains := at(feature, "string_constraints", "domains")) is not None:
        yield "domains", {"expect": "set", **about, "values": domains}


def _unknown(where: str, name: str, feature: Mapping[str, Any]) -> Iterator[Left]:
    """List what a feature says beyond what is taken over."""
    said = [key for key in feature if key not in FEATURE]
    said += [f"{key}.{inner}" for key in ("num_constraints", "string_constraints") for inner in _inner(feature, key)]
    for key in said:
        yield Left(where, f"{shown(key)} of {shown(name)}", "nothing here means the same")
    for key in ("num_constraints", "string_constraints"):
        if feature.get(key) is not None and not isinstance(feature[key], Mapping):
            yield Left(where, f"{key} of {shown(name)}", "expected an object")
    if (is_positive := at(feature, "num_constraints", "is_non_negative")) is not None and type(is_positive) is not bool:
        yield Left(where, f"is_non_negative of {shown(name)}", f"expected true or false, got {shown(is_positive)}")
    for key in OVERRIDES:
        if feature.get(key):
            yield Left(where, f"{key} of {shown(name)}", "see drift.columns for thresholds of one column")
    if feature.get("inferred_type") == "Unknown":
        yield Left(where, f"inferred_type Unknown of {shown(name)}", "it expects nothing")


def _inner(feature: Mapping[str, Any], key: str) -> list[str]:
    found = feature.get(key)
    known = {"num_constraints": "is_non_negative", "string_constraints": "domains"}[key]
    return [shown(inner) for inner in found if inner != known] if isinstance(found, Mapping) else []


def suggested(statistics: Mapping[str, Any], *, most_domains: int = 20) -> dict[str, Any]:
    """Suggest constraints for statistics, with the settings Model Monitor suggests for its own.

    Domains are suggested for text of few values only: they are written out, and may be personal.
    """
    features = [_suggested(feature, most_domains) for feature in statistics["features"]]
    return {"version": 0.0, "features": features, "monitoring_config": MONITORING}


def _suggested(feature: Mapping[str, Any], most_domains: int) -> dict[str, Any]:
    numbers, text = feature.get("numerical_statistics"), feature.get("string_statistics")
    common = (numbers or text or {})["common"]
    rows = common["num_present"] + common["num_missing"]
    said = {"name": feature["name"], "inferred_type": feature["inferred_type"]}
    said["completeness"] = common["num_present"] / rows if rows else 0.0
    if numbers is not None:
        said["num_constraints"] = {"is_non_negative": numbers["min"] >= 0}
    elif text is not None and len(buckets := text["distribution"]["categorical"]["buckets"]) <= most_domains:
        said["string_constraints"] = {"domains": sorted(bucket["value"] for bucket in buckets)}
    return said
