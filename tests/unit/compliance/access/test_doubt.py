import pytest

from holdfast.compliance.access.doubt import all_of, any_of, every, gathered, some, those
from holdfast.compliance.facts import UnknownFactError
from holdfast.shared.errors import ContractError


def unknown() -> bool:
    raise UnknownFactError("not read")


def refused() -> list[str]:
    raise ContractError("no policy")


def answered(item: object) -> bool:
    return unknown() if item is None else bool(item)


@pytest.mark.parametrize(
    ("items", "answer"), [([None, True], True), ([True, None], True), ([False], False), ([], False)]
)
def test_one_yes_is_enough_whatever_is_not_known(items: list[bool | None], answer: bool) -> None:
    assert some(items, answered) is answer


@pytest.mark.parametrize(
    ("items", "answer"), [([None, False], False), ([False, None], False), ([True], True), ([], True)]
)
def test_one_no_is_enough_against_all(items: list[bool | None], answer: bool) -> None:
    assert every(items, answered) is answer


def test_what_is_not_known_decides_nothing() -> None:
    with pytest.raises(UnknownFactError):
        some([False, None], answered)
    with pytest.raises(UnknownFactError):
        every([True, None], answered)
    with pytest.raises(UnknownFactError):
        those([None, False], answered)


def test_questions_are_asked_no_further_than_needed() -> None:
    assert any_of(lambda: True, unknown)
    assert not all_of(lambda: False, unknown)
    assert not all_of(unknown, lambda: False)


def test_those_that_are_sure_are_given_in_spite_of_a_doubt() -> None:
    assert those([1, None, 0, 2], answered) == (1, 2)
    assert those([0], answered) == ()


def test_what_one_way_says_counts_although_another_cannot_be_read() -> None:
    assert gathered(refused, lambda: ["open"], lambda: ["wide"]) == ["open", "wide"]
    with pytest.raises(ContractError):
        gathered(refused, list)
