"""What a statement reaches: actions on resources, and whether denials take all of it back."""

from collections.abc import Callable, Iterable, Sequence

from holdfast.compliance.access.conditions import Home, leaves_out
from holdfast.compliance.access.document import EVERYONE, Statement
from holdfast.compliance.access.doubt import all_of, any_of, every, some
from holdfast.compliance.access.patterns import covers, overlap

Denies = Callable[[Statement], bool]

ANYTHING = ("s3:*",)
READING = ("s3:get*", "s3:list*")
"""What S3's API reference names as exposing data to reads."""
WRITING = (
    "s3:put*", "s3:delete*", "s3:abortmultipartupload", "s3:restoreobject", "s3:replicate*", "s3:create*",
    "s3:update*", "s3:tagresource", "s3:untagresource", "s3:bypassgovernanceretention", "s3:initiatereplication",
    "s3:objectowneroverridetobucketowner",
)  # fmt: skip
"""What S3's API reference names as exposing data to writes, and the later actions that change something."""


def arn_of(bucket: str) -> str:
    """Give the ARN of a bucket in the spelling that `Statement.resources` has."""
    return f"arn:aws:s3:::{bucket}"


def grants(statement: Statement, doing: Iterable[str]) -> bool:
    """Tell whether an allowing statement lets anything be done that these patterns of actions mean."""
    return some(doing, lambda wanted: bool(_written(statement, wanted)))


def is_taken_back(
    grant: Statement, statements: Sequence[Statement], by: Denies, doing: Iterable[str], bucket: str
) -> bool:
    """Tell whether each thing granted, of what these patterns mean, is denied by some one statement that counts.

    What a pattern of actions or resources means here lies both in the grant's own pattern and in the wanted one, so a
    denial that covers either of the two covers it.
    """
    deeds = [(written, wanted) for wanted in doing for written in _written(grant, wanted)]
    places = [(written, place) for written in grant.resources or (EVERYONE,) for place in _places(written, bucket)]

    def is_denied(asked: tuple[tuple[str, str], tuple[str, str]]) -> bool:
        return some(
            statements,
            lambda statement: all_of(
                lambda: by(statement), lambda: denies(statement, *asked[0]), lambda: is_over(statement, *asked[1])
            ),
        )

    return every([(deed, place) for deed in deeds for place in places], is_denied)


def shuts_out(statement: Statement, home: Home, is_ours: Callable[[str, str], bool]) -> bool:
    """Tell whether a statement denies something to everyone but ours, wherever they come from but home."""
    return all_of(
        lambda: not statement.allows,
        lambda: (
            bool(statement.principals) and all(is_ours(*principal) for principal in statement.principals)
            if statement.spares
            else is_for_everyone(statement)
        ),
        lambda: every(statement.conditions, lambda condition: leaves_out(condition, home)),
    )


def is_for_everyone(statement: Statement) -> bool:
    """Tell whether a statement means every principal there is."""
    return not statement.spares and ("aws", EVERYONE) in statement.principals


def denies(denial: Statement, written: str, wanted: str) -> bool:
    """Tell whether a denying statement means all actions that lie in both of two patterns."""
    return any_of(
        lambda: covers(denial.actions, written) or covers(denial.actions, wanted),
        lambda: _is_outside(denial.not_actions, written, wanted),
    )


def is_over(denial: Statement, written: str, place: str) -> bool:
    """Tell whether a denying statement means all resources that lie in both of two patterns."""
    return any_of(
        lambda: covers(denial.resources, written) or covers(denial.resources, place),
        lambda: _is_outside(denial.not_resources, written, place),
    )


def _is_outside(excluded: Sequence[str], one: str, other: str) -> bool:
    return bool(excluded) and all(
        not overlap(not_meant, one) or not overlap(not_meant, other) for not_meant in excluded
    )


def _written(statement: Statement, wanted: str) -> list[str]:
    """Give the patterns by which a statement means something of what is wanted."""
    if statement.not_actions:
        return [] if covers(statement.not_actions, wanted) else [wanted]
    return [action for action in statement.actions if overlap(action, wanted)]


def _places(written: str, bucket: str) -> list[str]:
    """Give what a pattern of resources can mean in a bucket's policy: the bucket, its objects, or only itself."""
    arn = arn_of(bucket)
    return [place for place in (arn, f"{arn}/*") if overlap(written, place)] or [written]
