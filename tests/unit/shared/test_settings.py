"""A function's environment is typed, and what is missing is named."""

import pytest

from holdfast.ledger.contract import LedgerSettings
from holdfast.shared.errors import ConfigurationError


def test_what_infra_writes_a_function_reads() -> None:
    written = LedgerSettings.environment(ledger_table="table", actor="judge", manifest="/opt/governance.json")
    assert written["HOLDFAST_LEDGER_TABLE"] == "table"
    assert LedgerSettings.load({**written, "PATH": "/bin"}).actor == "judge"


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(ConfigurationError, match="HOLDFAST_LEDGER_TABLE"):
        LedgerSettings.load({"HOLDFAST_ACTOR": "judge", "HOLDFAST_MANIFEST": "x"})


def test_infra_cannot_write_a_variable_nobody_reads() -> None:
    with pytest.raises(ConfigurationError, match=r"unknown .'tabel'."):
        LedgerSettings.environment(tabel="t", ledger_table="t", actor="a", manifest="m")


def test_infra_cannot_forget_a_variable() -> None:
    with pytest.raises(ConfigurationError, match=r"missing .'actor'."):
        LedgerSettings.environment(ledger_table="t", manifest="m")
