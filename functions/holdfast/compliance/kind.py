"""The record a kind of resource is: how it is named, listed, found in events, and known to be gone."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from holdfast.compliance.facts import Ask, Call, Fact, Read, Unread

Path = tuple[str, ...]
Properties = Mapping[str, Any]
COLONS_OF_ARN = 5


def below_type(text: str) -> str:
    """Reduce an ARN to what follows the type in it; anything else is a name already."""
    is_arn = text.startswith("arn:") and text.count(":") >= COLONS_OF_ARN
    return text.split(":", COLONS_OF_ARN)[COLONS_OF_ARN].partition("/")[2] if is_arn else text


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource that controls judge.

    `resource_type` is CloudFormation's and AWS Config's name of it. `sources` are EventBridge's names of the services
    whose calls change it, `events` those calls by CloudTrail's names, and `named_by` where in `detail` such a call
    names it; `named_otherwise` gives another place for some events. An ARN found there is reduced by `name_of`.
    `tagged_as` is what stands before the name in the ARN that AddTags and DeleteTags take. `rejudges` maps a call to
    the kind whose every resource must be looked at again after it.

    `described` is the read that says whether it exists, `gone` tells AWS's answer (code, message) for what does not.
    `requested` makes that same fact of the `requestParameters` of a call that created it, for kinds that may be over
    before they can be described. `listed` yields the names of an account and Region by the calls `lists`. `declared`
    gives the facts that a template says of it, in the shape in which AWS would answer. `tags` reads its tags, in S3's
    shape: `{"TagSet": [{"Key": ..., "Value": ...}]}`. `is_global` kinds are the same seen from every Region.
    """

    id: str
    resource_type: str
    noun: str
    sources: tuple[str, ...]
    events: tuple[str, ...]
    named_by: Path
    lists: tuple[Call, ...]
    listed: Callable[[Ask], Iterator[str]]
    described: Read | None = None
    gone: Callable[[str, str], bool] = lambda *_: False
    named_otherwise: Mapping[str, Path] = field(default_factory=dict)
    name_of: Callable[[str], str] = below_type
    tagged_as: str | None = None
    rejudges: Mapping[str, str] = field(default_factory=dict)
    requested: Callable[[Properties], Fact] | None = None
    declared: Callable[["Declared"], Mapping[Read, Fact | Unread]] | None = None
    tags: Read | None = None
    is_global: bool = False


@dataclass(frozen=True, slots=True)
class Declared:
    """One resource as a template declares it, and the others of the template by their logical ids.

    `properties` may hold `Unresolved` parts; `others` gives (type, properties) pairs.
    """

    name: str
    properties: Properties
    account: str
    region: str
    others: Mapping[str, tuple[str, Properties]] = field(default_factory=dict)
