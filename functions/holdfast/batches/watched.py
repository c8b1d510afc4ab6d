"""What this domain puts on record of a prefix that it watches: how far it was swept, and which batches came when."""

from typing import ClassVar

from pydantic import AwareDatetime

from holdfast.batches.entries import ObjectRead
from holdfast.ledger.contract import OnRecord
from holdfast.shared.contract import Emitted


class WatchStarted(OnRecord):
    """From the moment of this entry on a model's prefix is watched: it is what `since: deploy` means."""

    kind: ClassVar[str] = "Watch Started"
    model: str
    bucket: str
    prefix: str


class BatchSeen(Emitted):
    """A batch as a listing showed it."""

    key: str
    version_id: str
    etag: str
    modified: AwareDatetime


class SweepPaused(OnRecord):
    """A sweep of a long prefix stopped at its bound, and the next goes on from here; at the end there is no marker.

    All up to the marker was listed since `began_at`; `came` are the newest batches found there that were awaited, and
    `is_cut` tells that there were more of them.
    """

    kind: ClassVar[str] = "Sweep Paused"
    model: str
    key_marker: str | None
    version_marker: str | None
    is_whole: bool
    began_at: AwareDatetime | None = None
    came: tuple[BatchSeen, ...] = ()
    is_cut: bool = False


class BatchAwaited(OnRecord):
    """When the newest batch came, and by when the next is due; `late_for`: the deadline that one missed."""

    kind: ClassVar[str] = "Batch Awaited"
    model: str
    since: AwareDatetime
    newest: ObjectRead | None
    due_at: AwareDatetime
    deadline: AwareDatetime
    late_for: AwareDatetime | None


class BatchMissed(OnRecord):
    """No batch came by a deadline, as a complete listing of the prefix showed."""

    kind: ClassVar[str] = "Batch Missed"
    model: str
    bucket: str
    prefix: str
    since: AwareDatetime
    due_at: AwareDatetime
    deadline: AwareDatetime
    looked_at: AwareDatetime
