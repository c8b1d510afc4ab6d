"""SageMaker's resources that stay: one way to name, list, find and declare all of them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from holdfast.compliance.facts import Ask, Call, Fact, Read, Unread
from holdfast.compliance.jobs import requested
from holdfast.compliance.kind import Declared, Kind, Path, Properties, below_type

PAGE = {"PageSize": 100}
NOT_THERE = frozenset({"ResourceNotFound", "ResourceNotFoundException"})
NO_SUCH = ("cannot find", "could not find", "does not exist", "not found", "recordnotfound")

Declares = Callable[[Declared], Mapping[Read, Fact | Unread]]


def gone(code: str, message: str) -> bool:
    """Tell SageMaker's answers for what does not exist, which come under two codes and in many words."""
    said = message.lower()
    return code in NOT_THERE or (code == "ValidationException" and any(words in said for words in NO_SUCH))


def standing(
    id: str,  # noqa: A002 - the record's own word
    *,
    noun: str,
    api: str,
    described: Read,
    tags: Read,
    type_in_arn: str,
    verbs: tuple[str, ...] = ("Create", "Update", "Delete"),
    also: tuple[str, ...] = (),
    name: str | None = None,
    items: str | None = None,
    listed_as: str | None = None,
    narrowed: Mapping[str, str] | None = None,
    named_by: Path | None = None,
    named_otherwise: Mapping[str, Path] | None = None,
    rejudges: Mapping[str, str] | None = None,
    renamed: Mapping[str, str] | None = None,
    assumed: Mapping[str, Any] | None = None,
    declares: Declares = lambda _: {},
) -> Kind:
    """Make a kind from the name that the API gives it, such as `NotebookInstance`.

    `verbs` with the name, and the calls of `also`, change it. `items` and `listed_as` are where its list call puts the
    summaries, and the name in each. Templates and requests spell some settings otherwise (`renamed`) and leave out
    what AWS then sets (`assumed`); `declares` adds what a template says besides.
    """
    name = name or f"{api}Name"
    lists = Call("sagemaker", f"list_{described.id.removeprefix('describe_')}s", f"sagemaker:List{api}s")

    def shaped(said: Properties) -> Fact:
        return {**(assumed or {}), **{(renamed or {}).get(key, key): value for key, value in said.items()}}

    def declared(resource: Declared) -> Mapping[Read, Fact | Unread]:
        said = resource.properties
        return {described: shaped(said), tags: {"TagSet": said.get("Tags", [])}, **declares(resource)}

    return Kind(
        id=id,
        resource_type=f"AWS::SageMaker::{api}",
        noun=noun,
        sources=("aws.sagemaker",),
        events=(*(f"{verb}{api}" for verb in verbs), *also),
        named_by=named_by or ("requestParameters", name[0].lower() + name[1:]),
        named_otherwise=named_otherwise or {},
        lists=(lists,),
        listed=lambda ask: _listed(ask, lists, items or f"{api}s", listed_as or name, narrowed or {}),
        described=described,
        gone=gone,
        tagged_as=f"{type_in_arn}/",
        rejudges=rejudges or {},
        requested=lambda parameters: shaped(requested(parameters)),
        declared=declared,
        tags=tags,
    )


def _listed(ask: Ask, call: Call, items: str, name: str, narrowed: Mapping[str, str]) -> Iterator[str]:
    for page in ask.pages(call, PaginationConfig=PAGE, **narrowed):
        yield from (below_type(summary[name]) for summary in page.get(items, []))
