"""What a finding costs, said so that it does not change with every small thing."""

from collections.abc import Iterable
from math import floor, log10

from holdfast.compliance.control import Costly
from holdfast.compliance.prices.table import DATE, HOURS_A_MONTH, INSTANCE_HOUR

TABLE = f"price table of {DATE}"


def rounded(amount: float, digits: int = 2) -> float:
    """Round to the digits that an estimate can stand for, so that a finding stays the same while prices hold."""
    return round(amount, digits - 1 - floor(log10(amount))) if amount > 0 else 0.0


def monthly(region: str, running: Iterable[tuple[str, int]]) -> float | None:
    """Give what (instance type, count) pairs cost a month, or `None` if one of them has no price here."""
    prices = INSTANCE_HOUR.get(region, {})
    costs = [prices[name] * count * HOURS_A_MONTH if name in prices else None for name, count in running]
    return sum(cost for cost in costs if cost is not None) if costs and None not in costs else None


def costly(why: str, cost: float | None, *, of: str, digits: int = 2) -> Costly:
    """Say how a control is broken and what that costs a month; `of` names what has no price, if it has none."""
    if cost is None:
        return Costly(f"{why}; the cost of {of} is not in the {TABLE}", None)
    amount = rounded(cost, digits)
    return Costly(f"{why}: about {amount:,.{0 if amount >= 1 else 2}f} USD a month ({TABLE})", amount)
