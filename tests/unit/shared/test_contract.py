"""What foreign text may do to a message: nothing."""

import pytest

from holdfast.shared.contract import Received, printable
from holdfast.shared.errors import ContractError


class Thing(Received):
    """Something received."""

    names: dict[str, int]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("bike", "bike"), ("überall 日本", "überall 日本"), ("a\nb", "a\\nb"), ("\x1b[31m", "\\x1b[31m"),
        ("\u202e", "\\u202e"), ("\ud800", "\\ud800"),
    ],
)  # fmt: skip
def test_only_what_a_terminal_would_obey_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_foreign_key_cannot_break_a_message_into_lines() -> None:
    with pytest.raises(ContractError) as refused:
        Thing.receive({"names": {"a\nERROR forged": "x"}})
    assert "\n" not in str(refused.value)
    assert "names.a\\nerror forged" in str(refused.value).lower()
