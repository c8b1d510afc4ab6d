"""Page headers are read without decoding a page, and a size that the footer hides is found."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.reading.footer import BeyondLimits
from holdfast.batches.reading.pages import MalformedPageError, page_sizes
from holdfast.batches.reading.reader import read_baseline


def parquet(**options: object) -> bytes:
    """Write two columns of many pages each."""
    random, sink = np.random.default_rng(1), io.BytesIO()
    words = random.choice(["some", "words", "x" * 2_000], 20_000)
    pq.write_table(pa.table({"x": random.random(20_000), "w": words}), sink, data_page_size=4_096, **options)
    return sink.getvalue()


@pytest.mark.parametrize(
    "options", [{}, {"compression": "zstd"}, {"data_page_version": "2.0"}, {"write_page_checksum": True}], ids=str
)
def test_the_pages_fill_their_chunk(options: dict[str, object]) -> None:
    data = parquet(**options)
    metadata = pq.read_metadata(pa.BufferReader(data))
    for at in range(2):
        chunk = metadata.row_group(0).column(at)
        start = min(offset for offset in (chunk.dictionary_page_offset, chunk.data_page_offset) if offset)
        sizes = list(page_sizes(pa.BufferReader(data), start, start + chunk.total_compressed_size))
        assert len(sizes) > 2
        headers = chunk.total_compressed_size - sum(packed for packed, _ in sizes)
        assert headers >= 10 * len(sizes)
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


def test_a_lie_in_a_page_header_is_found_before_arrow_believes_it() -> None:
    sink = io.BytesIO()
    long = pa.table({"x": ["a" * 40_000_000]})
    pq.write_table(long, sink, compression="zstd", use_dictionary=False, write_statistics=False)
    data = sink.getvalue()
    at = pq.read_metadata(pa.BufferReader(data)).row_group(0).column(0).data_page_offset
    (_, honest), *_ = page_sizes(pa.BufferReader(data), at, at + 1)
    honest_size, lie = zigzag(honest), zigzag((1 << 27) - 1)
    assert len(honest_size) == len(lie)
    assert read_baseline([data]).rows == 1
    with pytest.raises(BeyondLimits, match="unpack to 134217727, expected at most"):
        read_baseline([data.replace(honest_size, lie, 1)])
