import threading
import time
from collections.abc import Iterator

import pytest

from holdfast.compliance.at_once import WORKERS, in_order


def test_results_come_in_the_order_of_the_items() -> None:
    def slowest_first(item: int) -> int:
        time.sleep((20 - item) / 2000)
        return item

    assert list(in_order(slowest_first, iter(range(20)))) == list(range(20))


def test_only_a_bounded_number_of_items_is_taken_ahead_of_what_is_told() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(10_000):
            taken.append(number)
            yield number

    results = in_order(lambda item: item, items())
    for told in range(1, 500):
        next(results)
        assert len(taken) - told <= 2 * WORKERS


def test_items_are_worked_on_at_once() -> None:
    together = threading.Barrier(WORKERS, timeout=10)
    assert len(list(in_order(lambda _: together.wait(), iter(range(WORKERS))))) == WORKERS


def test_what_goes_wrong_is_raised_in_its_turn() -> None:
    results = in_order(lambda item: 1 // item, iter([1, 0, 1]))
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_the_first_item_goes_ahead_alone_if_it_is_to() -> None:
    seen: list[tuple[int, int]] = []

    def work(item: int) -> int:
        seen.append((item, threading.get_ident()))
        return item

    assert list(in_order(work, iter(range(5)), first_alone=True)) == list(range(5))
    assert seen[0] == (0, threading.get_ident())
    assert threading.get_ident() not in {thread for _, thread in seen[1:]}


def test_nothing_to_do_is_done() -> None:
    assert list(in_order(int, iter(()), first_alone=True)) == []
