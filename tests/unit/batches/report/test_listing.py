"""The index of several reports."""

from datetime import UTC, datetime

from holdfast.batches.report.document import BatchBefore
from holdfast.batches.report.listing import Listed, listing
from holdfast.batches.verdict import Level
from tests.unit.batches.report.conftest import HOSTILE


def test_each_batch_has_a_line_with_its_link() -> None:
    batch = BatchBefore(key=HOSTILE, object_time=datetime(2026, 3, 2, tzinfo=UTC), level=Level.DRIFT, n=1200, most=3.5)
    said = listing(
        "2 batches", [Listed("out/1-a b.html", batch, "drift in x"), Listed("out/2.html", batch, "y")]
    ).decode()
    assert 'href="out/1-a%20b.html"' in said
    assert "<script" not in said
    assert said.count("1,200") == 2
    assert "default-src 'none'" in said
