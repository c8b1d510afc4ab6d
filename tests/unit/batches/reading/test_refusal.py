"""A refusal says what is wrong and quotes nothing of the data."""

import pyarrow as pa
import pytest

from holdfast.batches.reading.limits import Unreadable
from holdfast.batches.reading.refusal import refusing


def _cast(values: list[object], kind: pa.DataType, wanted: pa.DataType) -> None:
    pa.array(values, kind).cast(wanted)


@pytest.mark.parametrize(
    ("value", "kind", "wanted", "word"),
    [
        ("Erika-7f3a", pa.string(), pa.int64(), "parse string"),
        ("Eri'ka-7f3a", pa.string(), pa.timestamp("us"), "string"),
        (4_294_967_296_123, pa.int64(), pa.int8(), "Integer value"),
        (77123.5, pa.float64(), pa.int64(), "Float value"),
        (9_223_372_036_854_77, pa.timestamp("s"), pa.timestamp("ns"), "timestamp"),
    ],
)
def test_what_arrow_could_not_convert_is_not_told(
    value: object, kind: pa.DataType, wanted: pa.DataType, word: str
) -> None:
    with pytest.raises(Unreadable) as caught, refusing("column 'x'"):
        _cast([value], kind, wanted)
    said = str(caught.value)
    assert said.startswith("column 'x' cannot be decoded: ")
    assert word in said
    assert not any(part in said for part in ("7f3a", "4294967296123", "77123", "922337203685477"))


@pytest.mark.parametrize("quoted", ["invalid value 'O'Erika 7f3a'", 'invalid value "5" x 7f3a"'])
def test_a_value_in_quotes_may_hold_quotes_itself(quoted: str) -> None:
    with pytest.raises(Unreadable) as caught, refusing("the file"):
        raise pa.ArrowInvalid(f"CSV conversion error to int64: {quoted} in row 3")
    said = str(caught.value)
    assert "conversion error to int64" in said
    assert "7f3a" not in said
