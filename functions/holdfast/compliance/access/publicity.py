"""Whom a bucket policy lets in that nobody named, by AWS's definition of "public".

S3 user guide, "The meaning of public": S3 takes a policy to be public until it finds that it grants access only to
fixed values (without a wildcard or policy variable) of a principal, of a range of addresses, or of one of a list of
condition keys (`conditions.TRUSTED`). A denial counts as well: nobody gets in by what is denied to all strangers.
"""

from collections.abc import Sequence

from holdfast.compliance.access.conditions import is_fixed, is_named, keeps
from holdfast.compliance.access.document import Statement
from holdfast.compliance.access.doubt import all_of, some, those
from holdfast.compliance.access.reach import ANYTHING, grants, is_taken_back, shuts_out


def public_grants(
    statements: Sequence[Statement], bucket: str, doing: Sequence[str] = ANYTHING
) -> tuple[Statement, ...]:
    """Give the statements that let in someone nobody named to do such things, less what a denial takes away again."""
    return those(
        statements,
        lambda statement: all_of(
            lambda: statement.allows,
            lambda: grants(statement, doing),
            lambda: admits_strangers(statement),
            lambda: not is_taken_back(statement, statements, _shuts_strangers_out, doing, bucket),
        ),
    )


def admits_strangers(statement: Statement) -> bool:
    """Tell whether an allowing statement means anyone beyond fixed principals and fixed surroundings."""
    return all_of(
        lambda: statement.spares or not all(is_fixed(name) for _, name in statement.principals),
        lambda: not some(statement.conditions, lambda condition: keeps(condition, is_named)),
    )


def _shuts_strangers_out(statement: Statement) -> bool:
    return shuts_out(statement, is_named, lambda _, name: is_fixed(name))
