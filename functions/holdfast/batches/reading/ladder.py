"""Which type a column of text takes: the first, in a fixed order, that every one of its values can be read as.

What every value allows does not depend on how the rows are cut into blocks. Text is the last of them and takes all.
"""

import re
from collections.abc import Iterable

import pyarrow as pa

from holdfast.batches.kernel.columns import Kind, kind_of

Ladder = tuple[pa.DataType, ...]
TEXT = pa.string()
MOMENT, MOMENT_UTC, TIME_OF_DAY = pa.timestamp("us"), pa.timestamp("us", "UTC"), pa.time64("us")
TIMES: Ladder = (pa.date32(), MOMENT, MOMENT_UTC, pa.timestamp("ns"), pa.timestamp("ns", "UTC"))
ANYTHING: Ladder = (pa.int64(), pa.bool_(), *TIMES, TIME_OF_DAY, pa.float64(), TEXT)
NUMBERS: Ladder = (pa.int64(), pa.float64())
MISSING = ("", "NA", "N/A", "n/a", "#N/A", "NULL", "null", "None", "<NA>", "NaT")
DECIMAL = re.compile(r"decimal\d+\((\d+), (-?\d+)\)")
TIMESTAMP = re.compile(r"timestamp\[(s|ms|us|ns)(?:, tz=(.+))?\]")


def typed(name: str, kind: Kind) -> pa.DataType | None:
    """Read the name of a reference's type; `None` if no text can be read as it."""
    if kind is Kind.CATEGORY:
        return TEXT
    if found := DECIMAL.fullmatch(name):
        digits, scale = map(int, found.groups())
        return pa.decimal128(digits, scale) if digits <= 38 else pa.decimal256(digits, scale)
    if found := TIMESTAMP.fullmatch(name):
        return pa.timestamp(*found.groups())
    try:
        known = pa.type_for_alias(name)
    except ValueError:
        return None
    return known if kind_of(known) is kind else None


def ladder(wanted: pa.DataType | None) -> Ladder:
    """Give the types a text is tried as: the reference's own first, then wider ones of its kind, then text."""
    if wanted is None or kind_of(wanted) in (Kind.EMPTY, Kind.NESTED) or pa.types.is_duration(wanted):
        return ANYTHING
    kind = kind_of(wanted)
    if kind is Kind.CATEGORY:
        return (TEXT,)
    if pa.types.is_dictionary(wanted):
        return ladder(wanted.value_type)
    if kind is Kind.TIME:
        return _distinct((wanted, *TIMES, TEXT)) if not pa.types.is_time(wanted) else (wanted, TIME_OF_DAY, TEXT)
    wider = NUMBERS if pa.types.is_integer(wanted) or pa.types.is_boolean(wanted) else NUMBERS[1:]
    return _distinct((wanted, *wider, TEXT))


def hoped(steps: Ladder, wanted: pa.DataType | None) -> pa.DataType | None:
    """Give the type that text is held against where it turns out to be no more than text."""
    if wanted is None or len(steps) < 2:
        return None
    return steps[-2] if kind_of(wanted) is Kind.NUMBER else steps[0]


def ladder_of_typed(values: pa.DataType, wanted: pa.DataType | None) -> Ladder:
    """Give the types that values take which stand in a file as more than text: never text, since they are none."""
    if pa.types.is_string(values):
        is_time = wanted is None or kind_of(wanted) is Kind.TIME
        return tuple(step for step in ladder(wanted) if kind_of(step) is not Kind.NUMBER) if is_time else (TEXT,)
    if pa.types.is_boolean(values):
        return (pa.bool_(),)
    if wanted is None or kind_of(wanted) is not Kind.NUMBER or pa.types.is_boolean(wanted):
        return NUMBERS
    return tuple(step for step in ladder(wanted) if step != TEXT)


def read_as(values: pa.Array, data_type: pa.DataType) -> pa.Array | None:
    """Read values as a type, or give `None` if one is none of it; space and words for null do not count."""
    if values.type == data_type:
        return values
    if pa.types.is_null(values.type):
        return pa.nulls(len(values), data_type)
    found = _cast(values, data_type)
    return _cast(_cleaned(values), data_type) if found is None and values.type == TEXT else found


def unreadable(values: pa.Array, data_type: pa.DataType, *, most: int) -> int:
    """Count the values that cannot be read as a type, up to so many; what they are is not told."""
    if not len(values) or read_as(values, data_type) is not None:
        return 0
    if len(values) == 1:
        return 1
    half = len(values) // 2
    found = unreadable(values[:half], data_type, most=most)
    return found if found >= most else found + unreadable(values[half:], data_type, most=most - found)


def _cleaned(values: pa.Array) -> pa.Array:
    import pyarrow.compute as pc  # slow to load, and of no use to Parquet

    trimmed = pc.ascii_trim_whitespace(values)
    return pc.if_else(pc.is_in(trimmed, value_set=pa.array(MISSING)), pa.scalar(None, TEXT), trimmed)


def _cast(values: pa.Array, data_type: pa.DataType) -> pa.Array | None:
    try:
        if pa.types.is_decimal(data_type) and values.type != TEXT:
            values = values.cast(TEXT)
        if pa.types.is_time(data_type) and values.type == TEXT:
            return _time_of_day(values, data_type)
        return values.cast(data_type, safe=not (pa.types.is_integer(values.type) and pa.types.is_floating(data_type)))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None


def _time_of_day(values: pa.Array, data_type: pa.DataType) -> pa.Array | None:
    """Read times of a day, which Arrow reads only behind a date."""
    import pyarrow.compute as pc

    if not pc.all(pc.match_substring(values, ":")).as_py() and values.null_count < len(values):
        return None
    moments = pc.binary_join_element_wise(pa.scalar("1970-01-01"), values, pa.scalar(" ")).cast(MOMENT)
    return moments.cast(TIME_OF_DAY).cast(data_type)


def _distinct(steps: Iterable[pa.DataType]) -> Ladder:
    return tuple(dict.fromkeys(steps))
