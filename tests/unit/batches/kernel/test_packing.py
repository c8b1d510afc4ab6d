"""A file of ours is the same bytes for the same content, and nothing else is taken for one."""

import hashlib
import zlib

import numpy as np
import pyarrow as pa
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


def test_a_small_file_cannot_ask_for_much_memory() -> None:
    bomb = (
        zlib.crc32(bytes(1 << 27)),
        (1 << 27).to_bytes(8, "little"),
        pa.compress(bytes(1 << 27), "zstd", asbytes=True),
    )
    checksum, size, packed = bomb
    forged = DATA[:12] + checksum.to_bytes(4, "little") + (2).to_bytes(8, "little") + size + packed
    with pytest.raises(IntegrityError, match="declares"):
        unpack(forged)


def test_what_is_denser_than_may_be_unpacked_is_stored_plain() -> None:
    zeros = np.zeros((1 << 23) + 1, np.int64)
    data = pack({}, [zeros])
    assert len(data) > zeros.nbytes
    assert not unpack(data)[1][0].any()


def test_a_file_of_a_version_to_come_is_refused() -> None:
    with pytest.raises(IntegrityError, match="version 3, expected"):
        unpack(DATA[:8] + (3).to_bytes(2, "little") + DATA[10:])


@pytest.mark.parametrize(
    "text",
    [
        b"", b"[]", b"{}", b"[" * 99_999, b'{"header": 1, "arrays": []}',
        b'{"header": {}, "arrays": [["i", Infinity]]}', b'{"header": {}, "arrays": 7}',
        b'{"header": {}, "arrays": [["i", -1], ["i", 1]]}', b'{"header": {}, "arrays": [["O", 0]]}',
        b'{"header": {}, "arrays": [["", 0]]}', b'{"header": {}, "arrays": [["iu", 0]]}',
        b'{"header": {}, "arrays": [["i"]]}', b'{"header": {}, "arrays": [[null, null]]}', b"\xff\xfe", b"1" * 9_999,
        b'{"header": {}, "arrays": [["i", 1e300]]}',
    ],
    ids=lambda text: text[:50].decode(errors="replace"),
)  # fmt: skip
def test_a_header_that_is_none_is_refused(text: bytes) -> None:
    preamble = DATA[:10] + (1).to_bytes(2, "little") + zlib.crc32(text).to_bytes(4, "little")
    with pytest.raises(IntegrityError):
        unpack(preamble + len(text).to_bytes(8, "little") * 2 + text)
