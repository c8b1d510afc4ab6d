"""What numpy has to know of the processor before it is loaded."""

import os
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
SWITCH = "NPY_DISABLE_CPU_FEATURES"
SLOWER = "X86_V4 AVX512_SKX"  # one group, as numpy has named it from 2.4 on and before
MOST_READ = 4096


def suit_numpy(described: Path = CPUINFO) -> None:
    """Make numpy sort with AVX2 on AMD's Zen 4, where its AVX-512 sort is five times slower; who set it has decided.

    That sort compresses vectors into memory, which Zen 4 does in microcode (numpy/x86-simd-sort, issue 6).
    """
    try:
        with described.open(encoding="ascii", errors="replace") as file:
            text = file.read(MOST_READ)
    except OSError:
        return
    if is_zen4(text):
        os.environ.setdefault(SWITCH, SLOWER)


def is_zen4(cpuinfo: str) -> bool:
    """Tell AMD's family 25 with AVX-512, which is Zen 4: Zen 3 is without it, Zen 5 is family 26."""
    lines = (line.partition(":") for line in cpuinfo.splitlines())
    said = {name.strip(): value.split() for name, _, value in reversed(list(lines))}
    return (
        said.get("vendor_id") == ["AuthenticAMD"]
        and said.get("cpu family") == ["25"]
        and "avx512f" in said.get("flags", ())
    )
