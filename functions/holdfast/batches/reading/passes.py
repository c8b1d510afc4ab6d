"""Passes over columns: one column at a time over all files, on a few threads."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from holdfast.batches.reading.columnar import chunks, parquet_file
from holdfast.batches.reading.limits import Expired
from holdfast.batches.reading.parts import Part
from holdfast.batches.reading.refusal import refusing

THREADS = 2
MOST_OPEN = 100
Column = TypeVar("Column")


@dataclass(slots=True)
class Opened:
    """The files of parts as one thread reads them: each is opened once; beyond 100, whenever it is read."""

    parts: Sequence[Part]
    kept: dict[int, pq.ParquetFile] = field(default_factory=dict)

    def chunks(self, at: int, name: str, data_type: pa.DataType, expired: Expired) -> Iterator[pa.Array]:
        """Decode a column of one part."""
        yield from chunks(self._file(at), self.parts[at].footer, name, data_type, expired=expired)

    def _file(self, at: int) -> pq.ParquetFile:
        file = self.kept.get(at) or parquet_file(self.parts[at].source, self.parts[at].footer)
        if len(self.kept) < MOST_OPEN:
            self.kept[at] = file
        return file


def each(
    parts: Sequence[Part], names: Sequence[str], column: Callable[[Opened, str], Column], *, threads: int = THREADS
) -> dict[str, Column]:
    """Do every column once; a thread opens the files for itself and takes the next column when it is done with one."""
    waiting, done = deque(names), dict[str, Column]()

    def work() -> None:
        files = Opened(parts)
        while waiting:
            try:
                name = waiting.popleft()
            except IndexError:
                return
            try:
                with refusing(f"column {name[:60]!r}"):
                    done[name] = column(files, name)
            finally:
                if name not in done:
                    waiting.clear()

    with ThreadPoolExecutor(threads) as pool:
        for worker in [pool.submit(work) for _ in range(min(threads, len(names)))]:
            worker.result()
    return {name: done[name] for name in names}
