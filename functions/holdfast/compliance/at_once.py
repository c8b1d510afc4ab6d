"""Many looks at once, told one after the other."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

WORKERS = 10
Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(work: Callable[[Item], Result], items: Iterator[Item], *, first_alone: bool = False) -> Iterator[Result]:
    """Work on a bounded number of items at once, and give the results in the order of the items.

    The first goes ahead alone where it reads what the others share: it is then there when they come.
    """
    yield from (work(item) for item in islice(items, int(first_alone)))
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) >= 2 * WORKERS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
