"""What retraining reads of other domains' entries is what they promise to write."""

import pytest
from pydantic import BaseModel

from holdfast.batches import entries as batches
from holdfast.batches.examination import BatchExamined
from holdfast.retraining.contract import ACTIVATED, VERDICTS, BaselineActivated, Verdict
from holdfast.retraining.entries import stream_of
from holdfast.shared.contract import Received

OF_THE_ENTRY = {"level", "decision_id", "sequence"}
OF_THE_VERDICT_ALONE = {"parts"}
"""What an examination does not repeat: it speaks of the batch of a verdict, and counts together with that."""


@pytest.mark.parametrize(
    ("view", "body"),
    [(Verdict, batches.BatchJudged), (Verdict, BatchExamined), (BaselineActivated, batches.BaselineActivated)],
)
def test_every_field_we_read_is_written_or_the_entrys_own(view: type[Received], body: type[BaseModel]) -> None:
    known = OF_THE_ENTRY | (OF_THE_VERDICT_ALONE if body is BatchExamined else set())
    assert set(view.model_fields) - known <= set(body.model_fields)


def test_the_kinds_we_take_in_are_the_kinds_they_write() -> None:
    assert {batches.BatchJudged.kind, BatchExamined.kind} == VERDICTS
    assert batches.BaselineActivated.kind == ACTIVATED


def test_a_model_has_one_stream() -> None:
    assert stream_of("demand") == "retraining#demand"
