"""A suite of Great Expectations, of its 0.x or 1.x JSON, as expectations of the manifest. Pure.

Each kind it has is a function here from its arguments to ours; what they do not understand is refused and listed.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from holdfast.batches.exchange.imported import (
    Imported,
    Left,
    Said,
    document,
    gathered,
    items,
    refusal,
    shown,
    tersely,
)  # fmt: skip
from holdfast.shared.foreign import at

KIND = "a suite of Great Expectations"
RUNNING = frozenset(
    {"result_format", "catch_exceptions", "include_config", "batch_id", "auto", "profiler_config",
     "parse_strings_as_datetimes", "output_strftime_format", "allow_cross_type_comparisons"}
)  # fmt: skip
NAMING = frozenset({"expectations", "expectation_suite_name", "name", "id", "ge_cloud_id", "data_asset_type"})
KEYS = frozenset(
    {"type", "expectation_type", "kwargs", "severity", "meta", "notes", "description", "id", "ge_cloud_id",
     "rendered_content", "expectation_context", "success_on_last_run"}
)  # fmt: skip
WRITTEN_BY = "great_expectations_version"
SEVERITIES = {"critical": "quarantine", "warning": "notice", "info": "notice"}
TYPES = {
    "boolean": ("bool", "bool_", "boolean", "booleantype"),
    "integer": ("int", "integer", "int_", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
                "bigint", "smallint", "tinyint", "long", "integertype", "longtype", "shorttype", "bytetype"),
    "float": ("float", "float16", "float32", "float64", "float_", "double", "real", "double_precision", "floattype",
              "doubletype"),
    "decimal": ("decimal", "numeric", "decimaltype"),
    "text": ("str", "string", "object", "text", "varchar", "char", "nvarchar", "stringtype", "category"),
    "binary": ("bytes", "binary", "binarytype"),
    "timestamp": ("timestamp", "datetime", "datetime64", "datetime64[ns]", "datetime64[us]", "timestamptype"),
    "date": ("date", "datetype"),
}  # fmt: skip
OURS = {word: ours for ours, words in TYPES.items() for word in words}
WHY_NOT = {
    "expect_column_kl_divergence_to_be_less_than": "the drift tests compare every column with the reference",
    "expect_column_values_to_be_null": "a column that should be empty cannot be expected",
    "expect_column_values_to_be_increasing": "rows are counted, and counts have no order",
    "expect_column_values_to_be_decreasing": "rows are counted, and counts have no order",
    "expect_column_pair_values_to_be_in_set": "columns are counted apart",
    "expect_multicolumn_sum_to_equal": "columns are counted apart",
    "expect_select_column_values_to_be_unique_within_record": "columns are counted apart",
    "unexpected_rows_expectation": "SQL is not run",
    "expect_query_results_to_match_comparison": "SQL is not run",
}


class _Unlike(Exception):  # noqa: N818
    """An expectation has no counterpart, for this reason."""


class _Arguments:
    """Arguments that have to be understood one by one: what nobody asked for is left over."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._left = {key: value for key, value in given.items() if key not in RUNNING and value is not None}

    def take(self, key: str, default: Any = None) -> Any:
        """Give an argument, which then counts as understood."""
        return self._left.pop(key, default)

    def take_list(self, key: str) -> list[Any]:
        """Give a list, empty if there is none."""
        found = self.take(key, [])
        if not isinstance(found, list):
            raise _Unlike(f"{key}: expected a list, got {type(found).__name__}")
        return found

    def bounds(self, low: str = "min_value", high: str = "max_value") -> Said:
        """Give bounds on a measure; a strict one becomes the next number inside."""
        least, most = self.take(low), self.take(high)
        if self.take("strict_min", False) and least is not None:
            least = _next(least, math.inf)
        if self.take("strict_max", False) and most is not None:
            most = _next(most, -math.inf)
        return {"minimum": least, "maximum": most}

    def check_empty(self) -> None:
        """Refuse what was not understood: it may change the meaning of the rest."""
        if self._left:
            raise _Unlike(f"not understood: {', '.join(map(shown, sorted(self._left)))}")


def _next(bound: Any, towards: float) -> Any:
    try:
        return math.nextafter(bound, towards)
    except (TypeError, OverflowError) as error:
        raise _Unlike(f"a strict bound that is no number: {shown(bound)}") from error


def _whole(bound: Any, step: int, *, is_strict: bool) -> Any:
    if is_strict and bound is not None and (not isinstance(bound, int) or isinstance(bound, bool)):
        raise _Unlike(f"a strict bound that is no whole number: {shown(bound)}")
    return bound + step if is_strict and bound is not None else bound


def _moment(bound: Any) -> Any:
    """Take a time without a zone as UTC; words that are no time stay as they are, and will be refused."""
    if not isinstance(bound, str):
        return bound
    try:
        said = datetime.fromisoformat(bound)
    except ValueError:
        return bound
    return (said if said.tzinfo is not None else said.replace(tzinfo=UTC)).isoformat()


def _plain(expect: str) -> Callable[[_Arguments], Iterator[Said]]:
    def translate(given: _Arguments) -> Iterator[Said]:
        yield {"expect": expect, "column": given.take("column"), "mostly": given.take("mostly")}

    return translate


def _exists(given: _Arguments) -> Iterator[Said]:
    yield {"expect": "exists", "column": given.take("column")}


def _between(given: _Arguments) -> Iterator[Said]:
    yield {
        "expect": "range",
        "column": given.take("column"),
        "minimum": _moment(given.take("min_value")),
        "maximum": _moment(given.take("max_value")),
        "strict_minimum": given.take("strict_min") or None,
        "strict_maximum": given.take("strict_max") or None,
        "mostly": given.take("mostly"),
    }


def _members(expect: str) -> Callable[[_Arguments], Iterator[Said]]:
    def translate(given: _Arguments) -> Iterator[Said]:
        values = [value for value in given.take_list("value_set") if value is not None]
        yield {"expect": expect, "column": given.take("column"), "values": values, "mostly": given.take("mostly")}

    return translate


def _distinct_set(given: _Arguments) -> Iterator[Said]:
    yield {"expect": "set", "column": given.take("column"), "values": given.take_list("value_set")}


def _equal_set(given: _Arguments) -> Iterator[Said]:
    """Expect that every value is in the set, and as many distinct ones as the set has."""
    column, values = given.take("column"), given.take_list("value_set")
    yield {"expect": "set", "column": column, "values": values}
    yield {"expect": "distinct_between", "column": column, "minimum": len({_alike(value) for value in values})}


def _alike(value: Any) -> Any:
    """Give equal numbers one form; what is neither a number nor a text will be refused, whatever it is here."""
    return value if isinstance(value, int | float | str) else repr(value)


def _pattern(*, is_absent: bool) -> Callable[[_Arguments], Iterator[Said]]:
    def translate(given: _Arguments) -> Iterator[Said]:
        yield {
            "expect": "regex",
            "column": given.take("column"),
            "pattern": given.take("regex"),
            "absent": is_absent or None,
            "mostly": given.take("mostly"),
        }

    return translate


def _patterns(*, is_absent: bool) -> Callable[[_Arguments], Iterator[Said]]:
    def translate(given: _Arguments) -> Iterator[Said]:
        patterns, how = given.take_list("regex_list"), given.take("match_on", "any")
        column, mostly = given.take("column"), given.take("mostly")
        whole = {"expect": "regex", "column": column, "absent": is_absent or None, "mostly": mostly}
        if not all(isinstance(pattern, str) and _refusal_of(pattern) is None for pattern in patterns):
            raise _Unlike("regex_list: expected patterns, each of which RE2 takes")
        if is_absent or how == "any":
            yield {**whole, "pattern": "|".join(f"(?:{pattern})" for pattern in patterns)}
        elif mostly in (None, 1, 1.0):
            yield from ({**whole, "pattern": pattern} for pattern in patterns)
        else:
            raise _Unlike("a share of rows that match all of several patterns is not counted")

    return translate


def _refusal_of(pattern: str) -> str | None:
    return refusal({"expect": "regex", "column": "any", "pattern": pattern})


def _length(given: _Arguments) -> Iterator[Said]:
    least = _whole(given.take("min_value"), 1, is_strict=bool(given.take("strict_min")))
    most = _whole(given.take("max_value"), -1, is_strict=bool(given.take("strict_max")))
    yield {"expect": "length", "column": given.take("column"), "minimum": least, "maximum": most,
           "mostly": given.take("mostly")}  # fmt: skip


def _exact_length(given: _Arguments) -> Iterator[Said]:
    value = given.take("value")
    yield {"expect": "length", "column": given.take("column"), "minimum": value, "maximum": value,
           "mostly": given.take("mostly")}  # fmt: skip


def _together(given: _Arguments) -> Iterator[Said]:
    if (ignored := given.take("ignore_row_if", "all_values_are_missing")) == "never":
        raise _Unlike(f"ignore_row_if {ignored}: rows that lack a value are not compared")
    yield {"expect": "unique", "columns": given.take_list("column_list"), "mostly": given.take("mostly")}


def _pair(*, is_equal: bool) -> Callable[[_Arguments], Iterator[Said]]:
    def translate(given: _Arguments) -> Iterator[Said]:
        if (ignored := given.take("ignore_row_if", "both_values_are_missing")) == "never":
            raise _Unlike(f"ignore_row_if {ignored}: rows that lack a value are not compared")
        order = "greater_or_equal" if given.take("or_equal") else "greater"
        yield {
            "expect": "pair",
            "column": given.take("column_A"),
            "holds": "equal" if is_equal else order,
            "other": given.take("column_B"),
            "mostly": given.take("mostly"),
        }

    return translate


def _portion(given: _Arguments) -> Iterator[Said]:
    bounds = given.bounds()
    shares = {"minimum_share": bounds["minimum"], "maximum_share": bounds["maximum"]}
    yield {"expect": "distinct_between", "column": given.take("column"), **shares}


def _number(expect: str, *, of_column: bool = False) -> Callable[[_Arguments], Iterator[Said]]:
    def translate(given: _Arguments) -> Iterator[Said]:
        least = _whole(given.take("min_value"), 1, is_strict=bool(given.take("strict_min")))
        most = _whole(given.take("max_value"), -1, is_strict=bool(given.take("strict_max")))
        column = {"column": given.take("column")} if of_column else {}
        yield {"expect": expect, **column, "minimum": least, "maximum": most}

    return translate


def _exactly(expect: str) -> Callable[[_Arguments], Iterator[Said]]:
    def translate(given: _Arguments) -> Iterator[Said]:
        value = given.take("value")
        yield {"expect": expect, "minimum": value, "maximum": value}

    return translate


def _measured(expect: str) -> Callable[[_Arguments], Iterator[Said]]:
    def translate(given: _Arguments) -> Iterator[Said]:
        yield {"expect": expect, "column": given.take("column"), **given.bounds()}

    return translate


def _median(given: _Arguments) -> Iterator[Said]:
    yield {"expect": "quantile_between", "column": given.take("column"), "quantile": 0.5, **given.bounds()}


def _quantiles(given: _Arguments) -> Iterator[Said]:
    column, ranges = given.take("column"), given.take("quantile_ranges")
    given.take("allow_relative_error")
    quantiles, bounds = at(ranges, "quantiles"), at(ranges, "value_ranges")
    if not isinstance(quantiles, list) or not isinstance(bounds, list) or len(quantiles) != len(bounds):
        raise _Unlike("quantile_ranges: expected as many value_ranges as quantiles")
    for quantile, ends in zip(quantiles, bounds, strict=True):
        if not isinstance(ends, list) or len(ends) != 2:
            raise _Unlike("quantile_ranges: expected two ends in each of value_ranges")
        yield {"expect": "quantile_between", "column": column, "quantile": quantile, "minimum": ends[0],
               "maximum": ends[1]}  # fmt: skip


def _typed(given: _Arguments) -> Iterator[Said]:
    said = given.take_list("type_list") or [given.take("type_")]
    given.take("mostly")
    types = [OURS.get(str(word).lower().split("(")[0]) for word in said]
    if not types or None in types:
        raise _Unlike(f"no type of ours is {', '.join(shown(word) for word in said)}")
    yield {"expect": "type", "column": given.take("column"), "types": sorted({str(word) for word in types})}


def _column_set(given: _Arguments) -> Iterator[Said]:
    exact = given.take("exact_match", True)
    yield {"expect": "columns", "names": given.take_list("column_set"), "only": True if exact else None}


def _column_list(given: _Arguments) -> Iterator[Said]:
    yield {"expect": "columns", "names": given.take_list("column_list"), "only": True}


TRANSLATED: Mapping[str, Callable[[_Arguments], Iterator[Said]]] = {
    "expect_column_to_exist": _exists,
    "expect_column_values_to_not_be_null": _plain("not_null"),
    "expect_column_values_to_be_unique": _plain("unique"),
    "expect_compound_columns_to_be_unique": _together,
    "expect_column_pair_values_to_be_equal": _pair(is_equal=True),
    "expect_column_pair_values_a_to_be_greater_than_b": _pair(is_equal=False),
    "expect_column_values_to_be_between": _between,
    "expect_column_values_to_be_in_set": _members("set"),
    "expect_column_values_to_not_be_in_set": _members("forbidden"),
    "expect_column_distinct_values_to_be_in_set": _distinct_set,
    "expect_column_distinct_values_to_equal_set": _equal_set,
    "expect_column_values_to_match_regex": _pattern(is_absent=False),
    "expect_column_values_to_not_match_regex": _pattern(is_absent=True),
    "expect_column_values_to_match_regex_list": _patterns(is_absent=False),
    "expect_column_values_to_not_match_regex_list": _patterns(is_absent=True),
    "expect_column_value_lengths_to_be_between": _length,
    "expect_column_value_lengths_to_equal": _exact_length,
    "expect_column_proportion_of_unique_values_to_be_between": _portion,
    "expect_column_unique_value_count_to_be_between": _number("distinct_between", of_column=True),
    "expect_column_mean_to_be_between": _measured("mean_between"),
    "expect_column_stdev_to_be_between": _measured("deviation_between"),
    "expect_column_sum_to_be_between": _measured("sum_between"),
    "expect_column_min_to_be_between": _measured("minimum_between"),
    "expect_column_max_to_be_between": _measured("maximum_between"),
    "expect_column_median_to_be_between": _median,
    "expect_column_quantile_values_to_be_between": _quantiles,
    "expect_column_values_to_be_of_type": _typed,
    "expect_column_values_to_be_in_type_list": _typed,
    "expect_table_row_count_to_be_between": _number("row_count"),
    "expect_table_row_count_to_equal": _exactly("row_count"),
    "expect_table_column_count_to_be_between": _number("column_count"),
    "expect_table_column_count_to_equal": _exactly("column_count"),
    "expect_table_columns_to_match_set": _column_set,
    "expect_table_columns_to_match_ordered_list": _column_list,
}
TYPED = "a column has one type here: mostly means nothing, and the width of a number is not looked at"
REMARKS = {
    "expect_table_columns_to_match_ordered_list": "the order of columns is not looked at: it means nothing to a model",
    "expect_column_stdev_to_be_between": "the deviation here is divided by n, there by n - 1",
    "expect_column_median_to_be_between": "of an even number of values the lower middle one is taken, there the mean",
    "expect_column_values_to_be_unique": "approximate beyond 262,143 distinct values, with the error told",
    "expect_compound_columns_to_be_unique": "rows that lack one of the values are not compared",
    "expect_column_pair_values_to_be_equal": "rows that lack one of the values are not compared",
    "expect_column_pair_values_a_to_be_greater_than_b": "rows that lack one of the values are not compared",
    "expect_column_values_to_be_of_type": TYPED,
    "expect_column_values_to_be_in_type_list": TYPED,
    **dict.fromkeys(
        [f"expect_column_values_to_{no}match_regex{many}" for no in ("", "not_") for many in ("", "_list")],
        r"\d, \w, \s and \b know ASCII only in RE2, and $ is the very end of the text",
    ),
}


def is_suite(found: Mapping[str, Any]) -> bool:
    """Tell whether a document looks like a suite."""
    return isinstance(found.get("expectations"), list) and "features" not in found


def suite(data: bytes) -> Imported:
    """Read a suite; raises `ContractError` if it is none. Everything in it is either taken over or listed."""
    found = document(data, kind=KIND)
    listed = items(found, "expectations", kind=KIND)
    about = [Left("suite", shown(key), "says nothing that is judged") for key in found if _is_more(key, found[key])]
    return gathered([*(_one(f"expectations[{at}]", one) for at, one in enumerate(listed)), Imported(left=tuple(about))])


def _is_more(key: str, value: Any) -> bool:
    """Tell whether a suite says something beside its name and its expectations."""
    told = {name: one for name, one in value.items() if name != WRITTEN_BY} if isinstance(value, Mapping) else value
    return key not in NAMING and bool(told)


def _one(where: str, one: Any) -> Imported:
    """Take one expectation over, or say why not."""
    if not isinstance(one, Mapping):
        return Imported(left=(Left(where, type(one).__name__, "expected an object"),))
    kind, given = one.get("type", one.get("expectation_type")), one.get("kwargs")
    what = shown(kind)
    if not isinstance(kind, str) or not isinstance(given, Mapping):
        return Imported(left=(Left(where, what, "expected a type and its kwargs"),))
    kind = kind.lower()
    if kind not in TRANSLATED:
        reason = WHY_NOT.get(kind, "nothing here means the same")
        return Imported(left=(Left(where, _about(what, given), reason),))
    try:
        ours = list(_translated(kind, given, str(one.get("severity") or given.get("severity") or "critical")))
    except _Unlike as unlike:
        return Imported(left=(Left(where, _about(what, given), str(unlike)),))
    if reasons := [why for why in map(refusal, ours) if why is not None]:
        return Imported(left=(Left(where, _about(what, given), reasons[0]),))
    return Imported(tuple(ours), tuple(_remarks(where, what, kind, one)))


def _about(what: str, given: Mapping[str, Any]) -> str:
    column = given.get("column")
    return what if column is None else f"{what} of {shown(column)}"


def _translated(kind: str, given: Mapping[str, Any], severity: str) -> Iterator[Said]:
    if any(isinstance(value, Mapping) and any(str(key).startswith("$") for key in value) for value in given.values()):
        raise _Unlike("a parameter is filled in when it runs: write the value")
    if given.get("row_condition") is not None:
        raise _Unlike("row_condition: rows are counted, not filtered")
    if severity not in SEVERITIES:
        raise _Unlike(f"severity {shown(severity)} is not known")
    arguments = _Arguments({key: value for key, value in given.items() if key not in ("condition_parser", "severity")})
    ours = [tersely(said) for said in TRANSLATED[kind](arguments)]
    arguments.check_empty()
    if not ours:
        raise _Unlike("it expects nothing")
    for said in ours:
        if isinstance(said.get("mostly"), int) and not isinstance(said["mostly"], bool):
            said["mostly"] = 1.0 if said["mostly"] == 1 else said["mostly"]
        yield tersely(said) if SEVERITIES[severity] == "quarantine" else {**tersely(said), "on_failure": "notice"}


def _has_null(one: Mapping[str, Any]) -> bool:
    given = one.get("kwargs")
    values = given.get("value_set") if isinstance(given, Mapping) else None
    return isinstance(values, list) and None in values


def _remarks(where: str, what: str, kind: str, one: Mapping[str, Any]) -> Iterator[Left]:
    if kind in REMARKS:
        yield Left(where, what, f"taken over, with a difference: {REMARKS[kind]}")
    if _has_null(one):
        yield Left(
            where, f"{what}, value_set", "a null says nothing there: missing values are never held against a set"
        )
    if isinstance(meta := one.get("meta"), Mapping) and meta:
        yield Left(where, f"{what}, meta", "notes are not kept in the manifest: write a comment")
    for key in one:
        if key in ("notes", "description") and one[key]:
            yield Left(where, f"{what}, {key}", "notes are not kept in the manifest: write a comment")
        elif key not in KEYS and one[key]:
            yield Left(where, f"{what}, {shown(key)}", "says nothing that is judged")
