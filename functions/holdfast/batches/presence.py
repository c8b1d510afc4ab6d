"""Which columns of the reference are there to be compared, which decide, and which are left out. Pure."""

from collections.abc import Collection, Iterator

from holdfast.batches.kernel.baseline import Baseline, BaselineColumn
from holdfast.batches.kernel.columns import Kind
from holdfast.batches.kernel.counts import CountedColumn, Counts
from holdfast.batches.kernel.passing import passing
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.verdict import NAME_LENGTH, ColumnResult, Level, Test, called, shown


def present(reference: Baseline, batch: Counts, critical: Collection[str]) -> Iterator[ColumnResult]:
    """Say which columns are missing, new, of another type, or of a type that is not compared."""
    wanted = [*reference.columns, *(name for name in critical if name not in reference.columns)]
    for name in wanted:
        known, found = reference.columns.get(name), batch.columns.get(name)
        if (wrong := broken(known, found)) is not None:
            level = Level.QUARANTINED if name in critical else Level.DRIFT
            yield told(name, "schema", batch.rows, level, wrong, effect=1.0)
        elif known is not None and found is not None and (why := _incomparable(known, found)) is not None:
            yield told(name, "not_judged", found.n, Level.UNKNOWN, why)
    for name in batch.columns:
        if name not in wanted:
            yield told(name, "schema", batch.rows, Level.NOTICE, "a column the reference does not have")
        elif name not in reference.columns:
            yield told(name, "not_judged", batch.rows, Level.UNKNOWN, "the reference does not have this column")


def heeded(result: ColumnResult, policy: DriftPolicy, critical: Collection[str]) -> ColumnResult:
    """Tell, and no more, of a column that decides nothing; a critical one always does."""
    if result.test == "expectation":
        return result
    named = (name for name in policy.columns if called(name) == result.name)
    column = policy.of(next(named, result.name) if len(result.name) == NAME_LENGTH else result.name)
    is_light = result.level is Level.DRIFT and (column.ignore or not column.weight)
    if is_light and not any(called(name) == result.name for name in critical):
        return result.model_copy(update={"level": Level.NOTICE, "weight": column.weight})
    return result.model_copy(update={"weight": column.weight})


def broken(known: BaselineColumn | None, found: CountedColumn | None) -> str | None:
    """Say what is wrong with a column as a whole: it is not there, or of another kind."""
    if found is None:
        return "missing from the batch"
    if known is None or known.kind is found.kind or Kind.EMPTY in (known.kind, found.kind):
        return None
    many = f" (at least {found.unparsed:,} of its values are none)" if found.unparsed else ""
    return f"{shown(found.type)}, expected {known.kind} as {shown(known.type)}{many}"


def _incomparable(known: BaselineColumn, found: CountedColumn) -> str | None:
    if Kind.NESTED in (known.kind, found.kind):
        return f"values of type {shown(found.type)} are not compared, only whether they are there"
    empty = [side for side, column in (("reference", known), ("batch", found)) if not column.n]
    return f"no value in the {' and the '.join(empty)} to compare" if empty else None


def left_out(reference: Baseline, batch: Counts, policy: DriftPolicy) -> Iterator[ColumnResult]:
    """Say which columns are not judged because the manifest says so, or because they move on by themselves."""
    for name, column in policy.columns.items():
        if name not in reference.columns and name not in batch.columns:
            why = "named under drift.columns, and neither the reference nor the batch has it"
            yield told(name, "not_judged", batch.rows, Level.UNKNOWN, why)
        elif column.ignore:
            yield told(name, "not_judged", batch.rows, Level.UNKNOWN, "ignored, as drift.columns says")
    for name in reference.columns:
        if (why_not := passes(name, reference, batch, policy)) is not None:
            yield told(name, "not_judged", batch.columns[name].n, Level.UNKNOWN, why_not)


def passes(name: str, reference: Baseline, batch: Counts, policy: DriftPolicy) -> str | None:
    """Say why a column moves on by itself, unless the manifest asks to judge it; such a one has no drift."""
    found, column = batch.columns.get(name), policy.of(name)
    return None if found is None or column.ignore or column.effect else passing(name, reference.columns[name], found)


def told(name: str, test: Test, n: int, level: Level, detail: str, *, effect: float = 0.0) -> ColumnResult:
    """Make a result whose texts have the length that a result may have."""
    return ColumnResult(name=called(name), test=test, n=n, effect=effect, level=level, detail=detail[:300])
