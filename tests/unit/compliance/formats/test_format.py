from holdfast.compliance.formats.format import capped, every_format


def test_every_format_is_found_by_the_name_of_its_file() -> None:
    assert set(every_format()) == {"asff", "github", "json", "ocsf", "sarif"}


def test_a_text_within_its_limit_is_left_alone() -> None:
    assert capped("abc", 3) == "abc"
    assert capped("abcd", 3) == "ab…"
