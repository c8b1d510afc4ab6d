"""The processor decides which of numpy's sorts is the fast one."""

import os
from pathlib import Path

import pytest

from holdfast_console.processor import SWITCH, suit_numpy

ZEN4 = (
    "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nflags\t\t: fpu avx2 avx512f avx512bw\n"
)
ZEN3, ZEN5 = ZEN4.replace(" avx512f avx512bw", ""), ZEN4.replace(": 25", ": 26")
XEON = ZEN4.replace("AuthenticAMD", "GenuineIntel").replace(": 25", ": 6")
GRAVITON = "processor\t: 0\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd evtstrm sve\nCPU implementer\t: 0x41\n"


@pytest.fixture
def cpuinfo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(SWITCH, "")  # so that it is put back as it was
    monkeypatch.delenv(SWITCH)
    return tmp_path / "cpuinfo"


def test_zen_4_is_spared_its_slow_sort(cpuinfo: Path) -> None:
    cpuinfo.write_text(f"{ZEN4}\n{ZEN4.replace(': 0', ': 1')}")
    suit_numpy(cpuinfo)
    assert "X86_V4" in os.environ[SWITCH].split()


@pytest.mark.parametrize("text", [ZEN3, ZEN5, XEON, GRAVITON, "", "::\n\x00"], ids=repr)
def test_every_other_processor_is_left_alone(cpuinfo: Path, text: str) -> None:
    cpuinfo.write_text(text)
    suit_numpy(cpuinfo)
    assert SWITCH not in os.environ


def test_a_machine_that_does_not_describe_its_processor_is_left_alone(cpuinfo: Path) -> None:
    suit_numpy(cpuinfo)
    assert SWITCH not in os.environ


def test_who_set_the_switch_has_decided(cpuinfo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cpuinfo.write_text(ZEN4)
    monkeypatch.setenv(SWITCH, "")
    suit_numpy(cpuinfo)
    assert os.environ[SWITCH] == ""
