"""SageMaker's jobs: kinds that may be over, or gone, before anyone can describe them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from holdfast.compliance.facts import Ask, Call, Fact, Read
from holdfast.compliance.kind import Declared, Kind, Properties
from holdfast.compliance.partial import Unresolved
from holdfast.compliance.reads.sagemaker_jobs import tags_of

RECENT = timedelta(hours=48)
PAGE = {"PageSize": 100}
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
MAPS = frozenset(
    {
        "environment",
        "hookParameters",
        "hyperParameters",
        "profilingParameters",
        "ruleParameters",
        "staticHyperParameters",
        "textGenerationHyperParameters",
    }
)
MISSING = ("Requested resource not found", "Could not find requested job")


def requested(parameters: Properties) -> Fact:
    """Spell what a Create* call asked for as Describe* would answer; the keys of maps are the caller's own."""
    return {_capital(key): value if key in MAPS else _spelled(value) for key, value in parameters.items()}


def job(
    id: str,  # noqa: A002 - the record's own word
    *,
    noun: str,
    api: str,
    described: Read,
    type_in_arn: str,
    created_by: tuple[str, ...] = (),
    changed_by: tuple[str, ...] = (),
    summaries: str | None = None,
    request: Callable[[Properties], Fact] = requested,
    declared: Callable[[Declared], dict[Read, Fact]] | None = None,
) -> Kind:
    """Make the kind of a job from the name that the API gives it, such as `TrainingJob`."""
    name, snake = f"{api}Name", described.id.removeprefix("describe_").removesuffix("_v2")
    lists = Call("sagemaker", f"list_{snake}s", f"sagemaker:List{api}s")
    return Kind(
        id=id,
        resource_type=f"AWS::SageMaker::{api}",
        noun=noun,
        sources=("aws.sagemaker",),
        events=(*(created_by or (f"Create{api}",)), *changed_by),
        named_by=("requestParameters", name[0].lower() + name[1:]),
        lists=(lists,),
        listed=lambda ask: _listed(ask, lists, summaries or f"{api}Summaries", name),
        described=described,
        gone=lambda code, message: _is_gone(code, message, noun),
        tagged_as=f"{type_in_arn}/",
        requested=request,
        declared=declared,
        tags=tags_of(described, type_in_arn),
    )


def _listed(ask: Ask, call: Call, summaries: str, name: str) -> Iterator[str]:
    """Name the jobs of the last 48 hours and those that still run; a finished job cannot change any more."""
    found: dict[str, None] = {}
    since = (ask.now - RECENT).replace(minute=0, second=0, microsecond=0)  # alike when a list goes on where it ended
    for narrowed in ({"CreationTimeAfter": since}, {"StatusEquals": "InProgress"}):
        for page in ask.pages(call, PaginationConfig=PAGE, **narrowed):
            found |= dict.fromkeys(summary[name] for summary in page.get(summaries, []))
    yield from found


def _is_gone(code: str, message: str, noun: str) -> bool:
    missing = (*MISSING, f"Could not find {noun}")
    return code == "ResourceNotFound" or (code == "ValidationException" and message.startswith(missing))


def _spelled(value: Any) -> Any:
    if isinstance(value, dict):
        return requested(value)
    if isinstance(value, list):
        return [_spelled(item) for item in value]
    return Unresolved("CloudTrail hides it in the record of the call") if value == HIDDEN else value


def _capital(key: str) -> str:
    return key[:1].upper() + key[1:]
