"""The bundled story keeps its word: of resources, and of batches that are due, closed, refused and let in."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from holdfast_console.commands.replay import BUNDLED
from holdfast_console.main import main
from holdfast_console.replay.session import Twin
from holdfast_console.story import batches, compliance
from holdfast_console.story.chapters import Teller
from holdfast_console.story.report import report
from tests.replay.conftest import quiet

SIX_HOURS = timedelta(hours=6)
FOUR_WEEKS = timedelta(weeks=4)
A_MONTH_BEFORE_THE_WAIVER_ENDS = datetime(2026, 3, 2, tzinfo=UTC)


def test_what_is_told_of_resources_is_borne_out_by_the_ledger(tmp_path: Path) -> None:
    with Twin.start(BUNDLED, start=A_MONTH_BEFORE_THE_WAIVER_ENDS) as twin:
        teller = Teller(twin, real_data=None)
        told = [teller.play(teller.deploy), teller.play(teller.clean)]
        twin.advance(SIX_HOURS, ticks_every=SIX_HOURS)
        told += [teller.play(partial(chapter, teller)) for chapter in compliance.CHAPTERS]
        assert [claim.text for chapter in told for claim in chapter.claims if not claim.holds] == []
        quiet(twin)
        page = report(told, twin.ledger_entries(), {})
        twin.export_ledger(tmp_path / "ledger.jsonl")
    assert main(["ledger", "verify", str(tmp_path / "ledger.jsonl")]) == 0
    assert all(f"</span>{chapter.title}</h2>" in page for chapter in told)
    assert page.index("Remediation Planned") < page.index("Remediation Approved") < page.rindex("Remediation Applied")
    assert "by hand → holdfast remediate → Remediation Approved" in page


def test_what_is_told_of_whole_batches_is_borne_out_by_the_ledger(tmp_path: Path) -> None:
    with Twin.start(BUNDLED) as twin:
        teller = Teller(twin, real_data=None)
        told = [teller.play(teller.deploy)]
        twin.advance(FOUR_WEEKS, ticks_every=FOUR_WEEKS / 4)
        chapters = (batches.missed, batches.gathered, batches.released)
        told += [teller.play(partial(chapter, teller)) for chapter in chapters]
        assert [claim.text for chapter in told for claim in chapter.claims if not claim.holds] == []
        quiet(twin)
        page = report(told, twin.ledger_entries(), {})
        twin.export_ledger(tmp_path / "ledger.jsonl")
    assert main(["ledger", "verify", str(tmp_path / "ledger.jsonl")]) == 0
    assert page.index("Batch Missed") < page.index("Schema Evolved") < page.index("Batch Quarantined")
    assert "by hand → holdfast quarantine → Batch Released" in page
