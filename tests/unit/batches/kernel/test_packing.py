"""A file of ours is the same bytes for the same content, and nothing else is taken for one."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.kernel.packing import is_packed, pack, unpack
from holdfast.shared.errors import IntegrityError

ARRAYS = [np.array([1.5, -np.inf, 0.0]), np.array([-1, 2**62]), np.array([2**64 - 1], np.uint64), np.zeros(0, np.int64)]
DATA = pack({"name": "ä", "rows": 3}, ARRAYS)


def test_what_was_written_is_read() -> None:
    header, arrays = unpack(DATA)
    assert header == {"name": "ä", "rows": 3}
    assert [(array.dtype, array.tolist()) for array in arrays] == [(array.dtype, array.tolist()) for array in ARRAYS]


def test_the_same_content_is_the_same_bytes() -> None:
    again = pack({"rows": 3, "name": "ä"}, [array.copy() for array in ARRAYS])
    assert hashlib.sha256(again).digest() == hashlib.sha256(DATA).digest()


def test_our_files_are_told_by_their_beginning() -> None:
    assert is_packed(DATA)
    assert not is_packed(b"PAR1")


@pytest.mark.parametrize("at", range(len(DATA)))
def test_a_changed_byte_is_found(at: int) -> None:
    broken = bytearray(DATA)
    broken[at] ^= 0x41
    with pytest.raises(IntegrityError):
        unpack(bytes(broken))


@pytest.mark.parametrize("length", range(len(DATA)))
def test_a_file_cut_off_is_found(length: int) -> None:
    with pytest.raises(IntegrityError):
        unpack(DATA[:length])


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_other_bytes_are_refused(data: bytes) -> None:
    for forged in (data, DATA[:8] + data, DATA[:32] + data):
        with pytest.raises(IntegrityError):
            unpack(forged)


def test_a_declared_size_beyond_all_measure_is_refused_before_it_is_made() -> None:
    with pytest.raises(IntegrityError, match="declares"):
        unpack(DATA[:24] + (2**60).to_bytes(8, "little") + DATA[32:])
