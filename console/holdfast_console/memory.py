"""What the C library does with memory that was given back."""

import ctypes
import sys

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h
KEPT, FROM_HEAP = 1 << 28, 1 << 25


def keep_memory() -> None:
    """Let glibc keep what chunks of columns took for the next ones: asked of the system anew, each page costs a fault.

    A chunk is freed before the next is decoded, so no more is held at most. Other C libraries are left alone.
    """
    if not sys.platform.startswith("linux"):
        return
    tune = getattr(ctypes.CDLL(None), "mallopt", None)
    if tune is not None:
        tune(TRIM_THRESHOLD, KEPT)
        tune(MMAP_THRESHOLD, FROM_HEAP)
