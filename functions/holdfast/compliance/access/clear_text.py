"""Whether a bucket policy denies every request without TLS.

That takes a denial to every principal of every action, on the bucket and on its objects, when `aws:SecureTransport` is
false: in one statement or in several. Allowing only what comes by TLS denies nothing, since access may be granted
elsewhere; nor does a limit on the version of TLS, since a request in clear text has none.
"""

from collections.abc import Sequence

from holdfast.compliance.access.conditions import is_clear_text
from holdfast.compliance.access.document import Statement
from holdfast.compliance.access.doubt import all_of, any_of, every, some, those
from holdfast.compliance.access.patterns import covers, overlap
from holdfast.compliance.access.reach import ANYTHING, arn_of, is_for_everyone, is_over

[EVERY_ACTION] = ANYTHING


def clear_text_gap(statements: Sequence[Statement], bucket: str) -> str | None:
    """Say what may still be asked for in clear text, or `None` if all of it is denied to everyone."""
    arn = arn_of(bucket)
    targets = {"the bucket": arn, "its objects": f"{arn}/*"}
    gaps = those(targets, lambda name: not _is_denied(EVERY_ACTION, targets[name], statements))
    if not gaps:
        return None
    if not some(statements, _denies_clear_text):
        return "no statement denies every principal every action when aws:SecureTransport is false"
    return f"clear text is not denied for {' and '.join(gaps)}"


def _is_denied(action: str, target: str, statements: Sequence[Statement]) -> bool:
    return some(
        statements,
        lambda statement: all_of(
            lambda: _denies_clear_text(statement),
            lambda: is_over(statement, target, target),
            lambda: _means(statement, action, target, statements),
        ),
    )


def _means(statement: Statement, action: str, target: str, statements: Sequence[Statement]) -> bool:
    """Tell whether a denial means an action, or all but some that other denials mean by name."""
    others = [other for other in statements if other is not statement]
    return any_of(
        lambda: covers(statement.actions, action),
        lambda: (
            bool(statement.not_actions)
            and every(
                statement.not_actions,
                lambda spared: not overlap(spared, action) or _is_denied_by_name(spared, target, others),
            )
        ),
    )


def _is_denied_by_name(action: str, target: str, statements: Sequence[Statement]) -> bool:
    return some(
        statements,
        lambda statement: all_of(
            lambda: _denies_clear_text(statement),
            lambda: is_over(statement, target, target),
            lambda: covers(statement.actions, action),
        ),
    )


def _denies_clear_text(statement: Statement) -> bool:
    return all_of(
        lambda: not statement.allows,
        lambda: is_for_everyone(statement),
        lambda: bool(statement.conditions) and all(is_clear_text(condition) for condition in statement.conditions),
    )
