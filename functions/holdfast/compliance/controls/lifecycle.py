"""Objects do not stay for ever by accident."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Listed, Parameters
from holdfast.compliance.reads.s3 import LIFECYCLE
from holdfast.compliance.remedy import Remediation, Remedy, Step
from holdfast.compliance.standards import nist

PERMISSION = "s3:PutLifecycleConfiguration"
ABANDONED_DAYS = 7
MOST_RULES = 1000
Days = Annotated[int, Field(ge=1, le=36_500)]
LIMITS = ("Tag", "Tags", "ObjectSizeGreaterThan", "ObjectSizeLessThan")


class Ends(Parameters):
    """When objects must move or end, in which class, below which prefix, and for which buckets this holds."""

    target_transition_days: Days | None = None
    target_expiration_days: Days | None = None
    target_transition_storage_class: str | None = None
    target_prefix: str | None = None
    bucket_names: Listed = ()


def check(facts: Facts) -> Ruling:
    """Fail unless a rule is enabled, and those that are do what was asked for; a disabled rule does nothing."""
    wanted, rules = facts.given(Ends), facts[LIFECYCLE].get("Rules", [])
    if wanted.bucket_names and facts.resource.name not in wanted.bucket_names:
        return NotApplicable("bucketNames leaves this bucket out")
    enabled = [rule for rule in rules if rule.get("Status") == "Enabled"]
    if not enabled:
        return "no lifecycle rule is enabled" if rules else "there is no lifecycle rule"
    covering = [rule for rule in enabled if wanted.target_prefix is None or _covers(rule, wanted.target_prefix)]
    return "; ".join(_missing(covering, wanted)) or None


def _covers(rule: Mapping[str, Any], prefix: str) -> bool:
    """Tell whether a rule holds for every object below a prefix."""
    limits = rule.get("Filter", {})
    limits = limits.get("And", limits)
    own = limits.get("Prefix") or rule.get("Prefix") or ""
    return prefix.startswith(own) and not any(limits.get(limit) for limit in LIMITS)


def _missing(rules: list[Mapping[str, Any]], wanted: Ends) -> Iterator[str]:
    if not rules:
        yield f"no enabled lifecycle rule covers the prefix {wanted.target_prefix!r}"
        return
    ends = {rule.get("Expiration", {}).get("Days") for rule in rules}
    if wanted.target_expiration_days not in (None, *ends):
        yield f"no enabled lifecycle rule expires objects after {wanted.target_expiration_days} days"
    moves = [move for rule in rules for move in rule.get("Transitions", [])]
    days, storage = wanted.target_transition_days, wanted.target_transition_storage_class
    if (days, storage) != (None, None) and not any(
        days in (None, move.get("Days")) and storage in (None, move.get("StorageClass")) for move in moves
    ):
        when = "" if days is None else f" after {days} days"
        yield f"no enabled lifecycle rule moves objects to {storage or 'another storage class'}{when}"


def propose(facts: Facts) -> Remedy | str:
    """Add one rule to those that there are, which all stay."""
    wanted, before = facts.given(Ends), facts[LIFECYCLE]
    days, storage = wanted.target_transition_days, wanted.target_transition_storage_class
    if (days is None) != (storage is None):
        return "a transition takes both targetTransitionDays and targetTransitionStorageClass"
    rules = before.get("Rules", [])
    if len(rules) >= MOST_RULES:
        return f"the bucket has {len(rules)} lifecycle rules, which is as many as S3 takes"
    rule = _rule(wanted, in_old_form=any("Filter" not in rule for rule in rules))
    if any(known.get("ID") == rule["ID"] for known in rules):
        return f"there is a rule {rule['ID']!r} already: look at it first"
    undo = _put(before, rules) if rules else Step("delete_bucket_lifecycle", PERMISSION)
    return Remedy(does=_told(rule, kept=len(rules)), apply=(_put(before, [*rules, rule]),), undo=(undo,))


def _rule(wanted: Ends, *, in_old_form: bool) -> dict[str, Any]:
    """Make the one rule; S3 refuses rules of the form with `Filter` beside those without."""
    prefix = wanted.target_prefix or ""
    rule: dict[str, Any] = {"ID": "holdfast-lifecycle", "Status": "Enabled"}
    rule |= {"Prefix": prefix} if in_old_form else {"Filter": {"Prefix": prefix}}
    rule["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": ABANDONED_DAYS}
    if wanted.target_expiration_days is not None:
        rule["Expiration"] = {"Days": wanted.target_expiration_days}
    if wanted.target_transition_days is not None:
        move = {"Days": wanted.target_transition_days, "StorageClass": wanted.target_transition_storage_class}
        rule["Transitions"] = [move]
    return rule


def _told(rule: Mapping[str, Any], *, kept: int) -> str:
    does = [f"removes uploads left unfinished for {ABANDONED_DAYS} days"]
    does += [f"removes objects after {rule['Expiration']['Days']} days"] if "Expiration" in rule else []
    moves = rule.get("Transitions", ())
    does += [f"moves objects to {move['StorageClass']} after {move['Days']} days" for move in moves]
    return f"adds a rule that {' and '.join(does)}; {kept} other rules stay; what a rule removed, no undo brings back"


def _put(before: Mapping[str, Any], rules: list[Any]) -> Step:
    """Put all rules, with the smallest size that S3 moves by default as it was."""
    smallest = "TransitionDefaultMinimumObjectSize"
    arguments = {"LifecycleConfiguration": {"Rules": list(rules)}}
    return Step(
        "put_bucket_lifecycle_configuration",
        PERMISSION,
        arguments | ({smallest: before[smallest]} if smallest in before else {}),
    )


CONTROL = Control(
    id="lifecycle",
    kind="s3_bucket",
    title="a lifecycle rule is enabled",
    severity="low",
    rationale="Objects that nobody removes cost money and widen what a leak would expose.",
    advice="Add a lifecycle rule that expires or moves objects once they are no longer needed.",
    references=(
        "FSBP S3.13",
        "Config s3-lifecycle-policy-check",
        "Prowler s3_bucket_lifecycle_enabled",
        *nist("CP-6(2) CP-9 CP-10 SC-5(2) SI-13(5)"),
    ),
    events=(
        "PutBucketLifecycle",
        "PutBucketLifecycleConfiguration",
        "DeleteBucketLifecycle",
        "DeleteBucketLifecycleConfiguration",
    ),
    reads=(LIFECYCLE,),
    check=check,
    parameters=Ends,
    remediation=Remediation((PERMISSION,), (LIFECYCLE,), propose),
)
