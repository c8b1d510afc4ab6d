"""What chunks took is kept for the next ones."""

import subprocess
import sys

import pytest

CHUNKS = """
import resource
import numpy as np
from holdfast_console.memory import keep_memory

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def chunks():
    held = [np.ones(400_000) for _ in range(40)]
    return len(held)

keep_memory()
chunks(), chunks()
before = faults()
for _ in range(10):
    chunks()
print(faults() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc is told to keep memory")
def test_memory_of_chunks_is_used_again() -> None:
    ran = subprocess.run([sys.executable, "-c", CHUNKS], capture_output=True, text=True, check=True)
    pages = 10 * 40 * 3_200_000 // 4096
    assert int(ran.stdout) < pages / 10
