import pytest

from holdfast_console.check.tally import MOST_EXAMPLES, Tally
from tests.unit.compliance.formats.made import made


def tallied(*verdicts: str, fails_from: str = "low", severity: str = "medium") -> Tally:
    tally = Tally(fails_from)  # type: ignore[arg-type]
    for number, verdict in enumerate(verdicts):
        tally.count(made(verdict=verdict, severity=severity, resource=f"bucket-{number}"))
    return tally


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ((), 0),
        (("pass", "waived", "not_applicable"), 0),
        (("pass", "unknown"), 2),
        (("unknown", "fail", "pass"), 1),
    ],
)
def test_a_failure_counts_before_what_is_unknown(verdicts: tuple[str, ...], code: int) -> None:
    assert tallied(*verdicts).exit_code == code


def test_a_failure_below_the_bar_does_not_fail_the_command_but_what_is_unknown_still_shows() -> None:
    assert tallied("fail", fails_from="high").exit_code == 0
    assert tallied("fail", fails_from="medium").exit_code == 1
    assert tallied("fail", "unknown", fails_from="high").exit_code == 2


def test_what_could_not_even_be_named_is_unknown() -> None:
    tally = tallied("pass")
    tally.is_unread = True
    assert tally.exit_code == 2


def test_memory_does_not_grow_with_the_number_of_resources() -> None:
    tally = tallied(*["fail"] * 1000)
    [line] = tally.lines.values()
    assert (line.counts["fail"], len(line.examples)) == (1000, MOST_EXAMPLES)


def test_failures_are_shown_rather_than_what_is_unknown() -> None:
    [line] = tallied(*["unknown"] * 9, "fail").lines.values()
    assert "fail" in {finding.verdict for finding in line.examples}


def test_the_gravest_failure_comes_first() -> None:
    tally = Tally()
    for control, verdict, severity in (
        ("a", "pass", "critical"), ("b", "unknown", "critical"), ("c", "fail", "low"), ("d", "fail", "high"),
    ):  # fmt: skip
        tally.count(made(control=control, verdict=verdict, severity=severity))
    lines = sorted(tally.lines.values(), key=lambda line: line.rank)
    assert [line.latest.control for line in lines] == ["d", "c", "b", "a"]
