"""Parquet: read a column at a time, by the footer."""

from holdfast.batches.reading.format import Format

MAGIC = b"PAR1"

FORMAT = Format(id="parquet", suffixes=(".parquet",), begins=lambda head: head.startswith(MAGIC))
