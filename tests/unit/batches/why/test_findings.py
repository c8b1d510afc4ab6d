"""Findings are told as sentences, and shares so that a little is not taken for nothing."""

import pytest

from holdfast.batches.verdict import Level
from holdfast.batches.why.findings import ColumnExplained, Explanation, Moved, SegmentFound, percent

SEGMENT = SegmentFound(column="shop", level="north", kind="share", explains=0.9, before=0.1, now=0.5, text="it grew")
COLUMN = ColumnExplained(
    name="price", level=Level.DRIFT, test="ks", effect=0.2, threshold=0.05, direction="larger values",
    moved=(Moved(label="5 or more", before=0.1, now=0.3), Moved(label="below 5", before=0.9, now=0.7)), segment=SEGMENT,
)  # fmt: skip


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0%"), (0.0004, "below 0.1%"), (0.004, "0.4%"), (0.05, "5.0%"), (0.25, "25%"), (1.0, "100%")],
)
def test_a_share_is_written_as_fine_as_it_is_small(share: float, text: str) -> None:
    assert percent(share) == text


def test_each_finding_is_one_sentence_about_its_column() -> None:
    told = list(Explanation(columns=(COLUMN,)).told())
    assert [(one.about, one.column) for one in told] == [("moved", "price"), ("segment", "price")]
    assert told[0].text == "larger values (5 or more: 10% before, 30% now; below 5: 90% before, 70% now)"
    assert told[1].text == "it grew"


def test_an_explanation_survives_its_json() -> None:
    said = Explanation(columns=(COLUMN,), batches=3, lower=("x",))
    assert Explanation.model_validate_json(said.model_dump_json()) == said
