"""The page: of the twin alone, deterministic, small, harmless whatever names are in it, and readable by anyone."""

import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from holdfast.batches.report.document import GENERATOR, Examination, Report, schema
from holdfast.batches.report.frame import style
from holdfast.batches.report.html import page
from holdfast.batches.verdict import ColumnResult, Level, refused, unjudged
from holdfast.shared.errors import IntegrityError
from tests.conftest import ROOT
from tests.unit.batches.report.chromium import BINARY, chromium
from tests.unit.batches.report.conftest import HOSTILE, past, table, written

MOST_BYTES = 500_000
VOID = {"meta", "br", "wbr"}


class Outline(HTMLParser):
    """What a page is made of: every tag is closed where it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that closes itself."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note what people read."""
        self.words.append(data)

    @classmethod
    def of(cls, report: Report) -> "Outline":
        """Read the page of a report."""
        outline = cls()
        outline.feed(page(report).decode())
        assert outline.open == []
        return outline

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """Give the attributes of every tag of a name."""
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_same_twin_gives_the_same_bytes_also_when_it_was_stored_and_read(drifted: Report) -> None:
    again = Report.read(drifted.to_bytes())
    assert again == drifted
    assert page(again) == page(drifted)


def test_what_is_no_twin_is_not_read() -> None:
    with pytest.raises(IntegrityError, match="not the twin of a report"):
        Report.read(b'{"verdict": 1}')


def test_the_twin_obeys_the_schema_that_is_published(drifted: Report) -> None:
    told, said = schema(), json.loads(drifted.to_bytes())
    assert told["additionalProperties"] is False
    assert set(told["required"]) <= set(said) <= set(told["properties"])
    assert said["schema_version"] == told["properties"]["schema_version"]["const"] == 2


def test_a_twin_stored_before_there_were_examinations_is_still_read(clean: Report) -> None:
    said = json.loads(clean.to_bytes())
    before = {key: value for key, value in said.items() if key not in ("examinations", "awaited")}
    assert Report.read(json.dumps(before | {"schema_version": 1}).encode()) == clean
    with pytest.raises(IntegrityError, match="schema_version"):
        Report.read(json.dumps(said | {"schema_version": 3}).encode())


def test_the_generator_is_the_version_that_ships() -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert f"holdfast {version[1]}" == GENERATOR


def test_foreign_text_is_only_text(drifted: Report) -> None:
    outline = Outline.of(drifted)
    assert not outline.named("script")
    assert not [name for _, attributes in outline.tags for name in attributes if name.startswith("on")]
    said = "".join(outline.words)
    assert HOSTILE in said
    assert "\u202e" not in said
    assert "\x1b" not in said
    assert "\\u202e\\x1b" in said, "what is not printable is shown for what it is"


def test_a_long_name_is_cut_with_the_whole_in_its_title(drifted: Report) -> None:
    titles = [attributes.get("title") or "" for attributes in Outline.of(drifted).named("bdi")]
    assert "a_very_long_column_name_" * 6 in titles


def test_nothing_is_fetched_and_nothing_may_run(drifted: Report) -> None:
    outline = Outline.of(drifted)
    (policy,) = [one["content"] or "" for one in outline.named("meta") if one.get("http-equiv")]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert not {"script", "link", "img", "iframe", "object", "form", "use", "image"} & {tag for tag, _ in outline.tags}
    assert not [attributes for _, attributes in outline.tags if {"src", "href", "style"} & attributes.keys()]
    assert "url(http" not in style()
    assert "@import" not in style()


def test_a_screen_reader_finds_its_way(drifted: Report) -> None:
    outline = Outline.of(drifted)
    names = [tag for tag, _ in outline.tags]
    assert [names.count(one) for one in ("main", "h1")] == [1, 1]
    assert outline.named("html")[0]["lang"] == "en"
    levels = [int(tag[1]) for tag in names if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels)), "no level is left out"
    ids = {attributes["id"] for _, attributes in outline.tags if "id" in attributes}
    assert {one["aria-labelledby"] for one in outline.named("section")} <= ids
    for drawing in outline.named("svg"):
        assert drawing["role"] == "img"
        assert drawing["aria-label"]
    assert all(cell.get("scope") for cell in outline.named("th"))
    assert len(outline.named("caption")) == len(outline.named("table"))


def test_every_section_is_there_when_there_is_something_to_say(drifted: Report) -> None:
    said = "".join(Outline.of(drifted).words)
    for heading in ("What changed", "Columns", "Missing values", "History", "Provenance", "Why"):
        assert heading in said
    assert "The model's owner, mobility, must act" in said
    assert drifted.verdict.reason[1:40] in said


def test_a_clean_batch_says_that_nobody_needs_to_act(clean: Report) -> None:
    said = "".join(Outline.of(clean).words)
    assert clean.verdict.level is Level.NONE
    assert "Nobody needs to act." in said
    assert "No test found a change beyond chance." in said


@pytest.mark.parametrize(
    ("verdict", "who"), [(refused("not a Parquet file"), "producer"), (unjudged("denied"), "operator")]
)
def test_what_was_not_judged_says_why_and_who_acts(clean: Report, verdict: object, who: str) -> None:
    from holdfast.batches.report.composed import composed

    report = composed(verdict, clean.provenance, title="x")  # type: ignore[arg-type]
    said = "".join(Outline.of(report).words)
    assert who in said
    assert report.verdict.reason[1:] in said
    assert report.columns == ()


def test_sixty_columns_that_all_drift_take_less_than_half_a_megabyte() -> None:
    report = written(table(4000, extra=45), table(3000, shift=0.6, seed=2, extra=45), before=past(59))
    assert len(report.columns) == 60
    assert sum(column.level is Level.DRIFT for column in report.columns) > 55
    assert len(page(report)) < MOST_BYTES
    assert len(report.to_bytes()) < MOST_BYTES


def test_two_hundred_columns_are_bounded_too_and_what_is_left_out_is_counted() -> None:
    report = written(table(500, extra=200), table(500, shift=0.8, seed=2, extra=200))
    assert (len(report.columns), report.columns_omitted) == (60, 155)
    assert "155 more columns" in page(report).decode()
    assert len(page(report)) < MOST_BYTES


def examination(detector: str, columns: int, level: Level = Level.DRIFT) -> Examination:
    """Let a detector on samples speak of so many columns."""
    every = tuple(
        ColumnResult(
            name=f"{HOSTILE}{number}", test="alibi", n=5000, effect=0.4, p=1e-8, p_adjusted=4e-7, threshold=0.05,
            level=level, detail="Kolmogorov-Smirnov",
        )
        for number in range(columns)
    )  # fmt: skip
    return Examination(
        detector=detector, arguments={"most_rows": 5000, "correction": "fdr"}, level=level, reason="it moved", n=5000,
        reference_n=4321, tests=columns, columns=every, columns_omitted=7, decision="ab" * 32,
    )  # fmt: skip


def test_what_detectors_on_samples_say_is_shown_beside_the_verdict_and_told_from_it(clean: Report) -> None:
    said = (examination("alibi_tabular", 2), examination("alibi_mmd", 1, Level.NONE))
    outline = Outline.of(clean.model_copy(update={"examinations": said, "awaited": ("alibi_cvm",)}))
    words = "".join(outline.words)
    assert "On samples: alibi_tabular ▲drift" in words.replace("_\u200b", "_")
    assert "Not heard yet: alibi_cvm" in words
    for told in (
        "A sample of 5,000 rows beside one of at most 4,321 rows", "told correction fdr, most_rows 5000", "4e-07",
        "0.400", "0.05", "Kolmogorov-Smirnov", "7 more columns",
    ):  # fmt: skip
        assert told in words
    assert not outline.named("script")
    assert "This batch looks like the reference." in words, "the verdict on all rows stands"


def test_without_detectors_on_samples_there_is_no_word_of_them(clean: Report) -> None:
    assert "samples" not in "".join(Outline.of(clean).words).lower()


def test_every_detector_on_samples_beside_sixty_columns_takes_less_than_half_a_megabyte() -> None:
    report = written(table(4000, extra=45), table(3000, shift=0.6, seed=2, extra=45), before=past(59))
    known = [path.stem for path in (ROOT / "functions/holdfast/batches/detectors").glob("alibi_*.py")]
    full = report.model_copy(update={"examinations": tuple(examination(name, 60) for name in known)})
    assert len(known) == 8
    assert len(page(full)) < MOST_BYTES
    assert len(full.to_bytes()) < MOST_BYTES


def luminance(colour: str) -> float:
    """Give the relative luminance of WCAG 2."""
    parts = (
        [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        if len(colour) == 7
        else [int(one * 2, 16) / 255 for one in colour[1:]]
    )
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Give the contrast of WCAG 2."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark", "print"])
def test_every_colour_of_text_stands_out_from_the_paper(mode: str) -> None:
    blocks = re.findall(r":root \{([^}]*)\}", style())
    colours = {}
    for block in blocks[: {"light": 1, "dark": 2, "print": 1}[mode]] + ([blocks[2]] if mode == "print" else []):
        colours.update(dict(re.findall(r"--(\w+):\s*(#[0-9a-f]+)", block)))
    for text in ("ink", "soft", "good", "mild", "bad", "mark"):
        assert contrast(colours[text], colours["paper"]) >= 4.5, text
    assert contrast(colours["mark"], colours["ref"]) >= 3, "the batch's line over the reference's shape"


@pytest.mark.skipif(BINARY is None, reason="no Chromium: the Debian package is `chromium`")
def test_a_browser_draws_it_without_complaint_and_nothing_juts_out(
    drifted: Report, clean: Report, tmp_path: Path
) -> None:
    examined = drifted.model_copy(
        update={"examinations": (examination("alibi_tabular", 20), examination("alibi_mmd", 1, Level.NONE))}
    )
    with chromium(tmp_path / "profile") as browser:
        for name, report in (("drifted", drifted), ("clean", clean), ("examined", examined)):
            file = tmp_path / f"{name}.html"
            file.write_bytes(page(report))
            for width in (1280, 360):
                for is_dark in (False, True):
                    browser.look(file, width=width, is_dark=is_dark)
                    assert browser.value("document.documentElement.scrollWidth") <= width
                    assert browser.value(JUTTING) == [], "every box lies within the window"
            paper = browser.value("getComputedStyle(document.body).backgroundColor")
            assert paper == "rgb(22, 24, 26)", "dark mode is obeyed"
            assert browser.value("document.querySelectorAll('svg').length") == len(Outline.of(report).named("svg"))
            browser.paper(tmp_path / "paper.pdf")
            assert (tmp_path / "paper.pdf").read_bytes().startswith(b"%PDF")
        assert browser.complaints == []
        assert {request.partition(":")[0] for request in browser.requests} == {"file"}


JUTTING = """
[...document.querySelectorAll('body *')].filter(one => {
  const box = one.getBoundingClientRect();
  const isOut = box.width > 0 && box.right > document.documentElement.clientWidth + 1;
  return isOut && !one.closest('svg') && !one.closest('thead');
}).map(one => one.outerHTML.slice(0, 80))
"""
