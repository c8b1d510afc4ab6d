"""YAML is read as plain data, and what it would make something odd of is refused where it stands."""

from pathlib import Path

import pytest

from holdfast.shared.errors import ConfigurationError
from holdfast.shared.positioned_yaml import MOST_BYTES, load_positioned

PATH = Path("stages.yaml")


def test_every_value_has_its_line() -> None:
    data, lines = load_positioned(b"\xef\xbb\xbfa:\r\n  - b: 1\r\n  - c\r\n", PATH)
    assert data == {"a": [{"b": 1}, "c"]}
    assert (lines["a",], lines["a", 0, "b"], lines["a", 1]) == (1, 2, 3)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0), ("-12", -12), ("0.5", 0.5), ("1e-2", 0.01), ("2E3", 2000.0), ("true", True), ("False", False),
        ("'yes'", "yes"), ("'1e-2'", "1e-2"), ('"017"', "017"),
    ],
)  # fmt: skip
def test_a_plain_scalar_is_what_it_looks_like(text: str, value: object) -> None:
    assert repr(load_positioned(f"a: {text}".encode(), PATH)[0]) == repr({"a": value})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("yes", "yes is true or false to YAML"),
        ("Off", "Off is true or false to YAML"),
        ("017", "017 is not written as a plain decimal number"),
        ("0x1F", "0x1F is not written as a plain decimal"),
        ("1_000", "1_000 is not written as a plain decimal"),
        ("1:30", "1:30 is not written as a plain decimal"),
        ("1:30.5", "1:30.5 is not written as a plain decimal"),
        ("!!binary aGVsbG8=", "binary: tags are refused"),
        ("!!set {b}", "set: tags are refused"),
        ("!!python/object:os.system {}", "tags are refused"),
        ("!mine x", "tag !mine: tags are refused"),
        ("2024-13-45", "month must be in"),
        ("9" * 5000, "Exceeds the limit"),
        ("b: c", "not YAML: mapping values are not allowed"),
        ("\0", "not YAML: control characters are not allowed"),
    ],
)
def test_what_surprises_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_positioned(f"z: 1\na: {text}\n".encode(), PATH)
    assert said in str(refused.value)
    assert str(refused.value).startswith("stages.yaml:2: ")
    assert "\n" not in str(refused.value)


def test_a_second_document_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"stages.yaml:3: not YAML: but found another document"):
        load_positioned(b"---\na: 1\n---\nb: 1\n", PATH)


def test_a_file_too_large_is_refused_unread() -> None:
    with pytest.raises(ConfigurationError, match=f"expected at most {MOST_BYTES}"):
        load_positioned(b"a" * (MOST_BYTES + 1), PATH)
