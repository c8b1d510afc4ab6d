"""The story as one HTML page: no network, no script, readable on a phone, on paper, in the dark."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from holdfast.ledger.contract import Entry
from holdfast_console.story.chapter import Chapter
from holdfast_console.story.telling import in_short, worth_showing

GOOD = ("none", "pass", "succeeded", "activated", "adopted", "copied", "applied", "approved", "lifted", "in_time")
MILD = (
    "notice",
    "unknown",
    "not_enough_data",
    "requested",
    "start",
    "started",
    "held",
    "awaiting_approval",
    "evolved",
    "released",
)
BAD = ("drift", "fail", "failed", "quarantined", "refused", "missed", "late")
TONE = {word: tone for tone, words in (("good", GOOD), ("mild", MILD), ("bad", BAD)) for word in words}
MOST_ENTRIES = 400
COLUMNS = ("when", "kind", "subject", "outcome", "reason", "hash")
HEAD = (
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    "<title>Holdfast: the story of a replay</title>"
)
LEAD = (
    "The app as it would be deployed, installed into a local AWS, driven by events on a virtual clock. "
    "Every call and every delivery was proved against the template&rsquo;s policies."
)
STYLE = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")


def report(
    chapters: Sequence[Chapter], entries: Sequence[Entry], figures: dict[str, str], *, reports: Sequence[str] = ()
) -> str:
    """Write the page: the verdict, the figures, the chapters, the ledger, and links to `reports` that lie beside it."""
    claims = [claim for chapter in chapters for claim in chapter.claims]
    broken = [claim.text for claim in claims if not claim.holds]
    verdict = f"All {len(claims)} claims are borne out by the ledger."
    if broken:
        verdict = f"Not borne out: {'; '.join(broken)}."
    numbers = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in figures.items())
    told = "".join(_chapter(number, chapter) for number, chapter in enumerate(chapters, 1))
    tone = "bad" if broken else "good"
    lead = f'<p class="lead {tone}">{escape(verdict)}</p><p class="soft">{LEAD}</p>'
    header = f"<header><h1>Holdfast, replayed</h1>{lead}</header>"
    body = f"<body>{header}<dl>{numbers}</dl><main>{told}{_reports(reports)}{_ledger(entries)}</main></body>"
    return f'<!doctype html><html lang="en"><head>{HEAD}<style>{STYLE}</style></head>{body}</html>\n'


def _chapter(number: int, chapter: Chapter) -> str:
    title = f"<h2><span>{number}</span>{escape(chapter.title)}</h2>"
    if chapter.skipped:
        return f'<section>{title}<p class="soft">Not told: {escape(chapter.skipped)}.</p></section>'
    held = {True: "held", False: "broke"}
    claims = "".join(f'<li class="{held[claim.holds]}">{escape(claim.text)}</li>' for claim in chapter.claims)
    told = list(worth_showing(chapter.lines))
    lines = escape("\n".join(in_short(line).text() for line in told))
    summary = f"<summary>{len(told)} line{'s' if len(told) != 1 else ''} of the trace</summary>"
    trace = f"<details>{summary}<pre>{lines}</pre></details>" if lines else ""
    return f'<section>{title}<p>{escape(chapter.prose)}</p><ul class="claims">{claims}</ul>{trace}</section>'


def _reports(names: Sequence[str]) -> str:
    links = "".join(f'<li><a href="{quote(name)}">{escape(name)}</a></li>' for name in names)
    said = "<p>On the last batch of each model that drifted, as stored under lock:</p>"
    return f"<section><h2>Batch reports</h2>{said}<ul>{links}</ul></section>" if names else ""


def _ledger(entries: Sequence[Entry]) -> str:
    shown = entries[:MOST_ENTRIES]
    rest = f" The first {MOST_ENTRIES} are shown." if len(entries) > MOST_ENTRIES else ""
    rows = "".join(_row(entry) for entry in shown)
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    caption = f"<caption>{len(entries)} entries, each chained to the one before it in its stream.{rest}</caption>"
    table = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<section><h2>The ledger</h2>{table}</section>"


def _row(entry: Entry) -> str:
    tone, outcome = TONE.get(entry.outcome, ""), entry.outcome.replace("_", " ")
    return (
        f'<tr><td class="n">{entry.recorded_at:%d %b %Y %H:%M}</td><td>{escape(entry.kind)}</td>'
        f'<td>{_breaking(entry.subject)}</td><td class="{tone}">{escape(outcome)}</td>'
        f'<td>{_breaking(entry.reason)}</td><td class="hash"><code>{entry.hash[:10]}</code></td></tr>'
    )


def _breaking(text: str) -> str:
    """Let names break where people would break them."""
    return escape(text).replace("/", "/<wbr>").replace("_", "_<wbr>")
