"""What would put a failed control right: exact calls, what they change, and the calls that undo them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from holdfast.compliance.facts import Facts, Read


@dataclass(frozen=True, slots=True)
class Step:
    """One S3 call that changes a bucket; `arguments` are JSON, without the bucket's name and its owner."""

    operation: str
    permission: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remedy:
    """The calls that make a bucket comply, in order, and those that bring back the state before."""

    does: str
    apply: tuple[Step, ...]
    undo: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Remediation:
    """How a control's failure may be put right.

    `permissions` are all that `apply` and `undo` can take, `reads` the facts that `propose` looks at: a plan is bound
    to them. `propose` gives the remedy, or says why there is none for this bucket.
    """

    permissions: tuple[str, ...]
    reads: tuple[Read, ...]
    propose: Callable[[Facts], Remedy | str]
