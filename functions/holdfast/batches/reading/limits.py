"""How much a file may ask of us, and who must act where it cannot be read."""

from collections.abc import Callable
from dataclasses import dataclass

from holdfast.shared.errors import ConfigurationError, ContractError

Expired = Callable[[], bool]


class Unreadable(ContractError):  # noqa: N818
    """The file is broken: its producer must act."""


class BeyondLimits(ConfigurationError):  # noqa: N818
    """The file asks for more than we give: the operator must act, it may be sound."""


class MalformedPageError(ContractError):
    """A page header is none: the producer must act."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may ask of us; ratios count only above the size where they begin to hurt.

    `ratio` is that of Parquet pages, which hold values once; `grown_ratio` that of text written as differences, or in
    lists, once it is written out; `text_ratio` that of gzip, whose own limit is 1032. Cells of text take a byte or
    more, but for those that an object leaves out.
    """

    columns: int = 10_000
    column_chunks: int = 1_000_000
    cells: int = 4_000_000_000
    chunk_bytes: int = 1 << 29
    ratio: int = 1_000
    ratio_from_bytes: int = 1 << 26
    decoded_bytes: int = 1 << 32
    grown_bytes: int = 1 << 29
    grown_ratio: int = 64
    cells_per_byte: int = 20_000
    cells_from: int = 200_000_000
    parts: int = 10_000
    text_ratio: int = 500
    text_bytes: int = 1 << 34
    text_cells_per_byte: int = 64
    text_cells_from: int = 50_000_000
    spooled_bytes: int = 1 << 32


LIMITS = Limits()


def never() -> bool:
    """Tell that time is not up: whoever reads has no deadline."""
    return False


def at_most(what: str, found: int, limit: int) -> None:
    """Raise `BeyondLimits` if there is more of something than we give room to."""
    if found > limit:
        raise BeyondLimits(f"{found} {what}, expected at most {limit}")


def in_time(expired: Expired) -> None:
    """Raise `BeyondLimits` once time is up."""
    if expired():
        raise BeyondLimits("it could not be read in the time there is")
