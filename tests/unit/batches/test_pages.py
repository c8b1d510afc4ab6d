"""Page headers are read without decoding a page, and a size that the footer hides is found."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.footer import BeyondLimits
from holdfast.batches.pages import MalformedPageError, page_sizes
from holdfast.batches.reading import read_baseline


def parquet(**options: object) -> bytes:
    """Write two columns of many pages each."""
    random, sink = np.random.default_rng(1), io.BytesIO()
    words = random.choice(["some", "words", "x" * 2_000], 20_000)
    pq.write_table(pa.table({"x": random.random(20_000), "w": words}), sink, data_page_size=4_096, **options)
    return sink.getvalue()


@pytest.mark.parametrize("options", [{}, {"compression": "zstd"}, {"data_page_version": "2.0"}, {"write_page_checksum": True}], ids=str)
def test_the_pages_fill_their_chunk(options: dict[str, object]) -> None:
    data = parquet(**options)
    metadata = pq.read_metadata(pa.BufferReader(data))
    for at in range(2):
        chunk = metadata.row_group(0).column(at)
        start = min(offset for offset in (chunk.dictionary_page_offset, chunk.data_page_offset) if offset)
        sizes = list(page_sizes(pa.BufferReader(data), start, start + chunk.total_compressed_size))
        assert len(sizes) > 5
        headers = chunk.total_compressed_size - sum(packed for packed, _ in sizes)
        assert 10 * len(sizes) <= headers <= 10_000 * len(sizes)
        assert sum(unpacked for _, unpacked in sizes) + headers == chunk.total_uncompressed_size


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_what_is_no_header_is_refused(data: bytes) -> None:
    try:
        sizes = list(page_sizes(pa.BufferReader(data), 0, len(data)))
    except MalformedPageError:
        return
    assert all(packed >= 0 and unpacked >= 0 for packed, unpacked in sizes)


def zigzag(number: int) -> bytes:
    """Write a positive number as Thrift's compact protocol does."""
    number, out = number << 1, bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def test_a_page_that_unpacks_to_more_than_the_footer_says_is_beyond_us() -> None:
    sink = io.BytesIO()
    values = pa.table({"x": np.zeros(1_000)})
    pq.write_table(values, sink, compression="zstd", use_dictionary=False, write_statistics=False)
    data = sink.getvalue()
    honest, lie = b"\x15" + zigzag(8_006), b"\x15" + zigzag(2_000_000)
    assert data.count(honest) == 1
    longer = data.replace(honest, lie)
    assert len(longer) == len(data) + 1
    page = longer[: longer.index(lie) + 40]
    (packed, unpacked), *_ = page_sizes(pa.BufferReader(longer), 4, 5)
    assert unpacked == 2_000_000
    assert packed < len(page)


def test_a_lie_in_a_page_header_is_found_before_arrow_believes_it() -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"x": np.zeros(40_000_000 // 8)}), sink, compression="zstd", use_dictionary=False,
                   write_statistics=False, data_page_size=1 << 30)  # fmt: skip
    data = sink.getvalue()
    at = pq.read_metadata(pa.BufferReader(data)).row_group(0).column(0).data_page_offset
    (_, honest), *_ = page_sizes(pa.BufferReader(data), at, at + 1)
    forged = data.replace(b"\x15" + zigzag(honest), b"\x15" + zigzag(0x3FFF_FFFF)[: len(zigzag(honest))], 1)
    if len(zigzag(0x3FFF_FFFF)) != len(zigzag(honest)):
        pytest.fail("the forged size takes more bytes than the honest one")
    with pytest.raises(BeyondLimits, match="expected at most"):
        read_baseline([forged])
