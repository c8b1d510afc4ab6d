"""The judge's queue in SQS: where the sweep and the backfill say what waits for a verdict."""

from holdfast.shared.sending import Outgoing


class JudgeQueue(Outgoing):
    """Send the judge what it has not judged."""

    called = "the judge's queue"
