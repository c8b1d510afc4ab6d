"""What happens to a table of 24 numbers and 6 categories: nothing, or one change of a known size.

8 columns are normal, 4 lognormal, 4 of Student's t with 3 degrees of freedom, 4 Poisson, 4 correlated by 0.7; one in a
hundred values of n07 is missing. A change of k columns is of the first k.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

REFERENCE_ROWS = 100_000
NUMBERS = tuple(f"n{at:02d}" for at in range(24))
CATEGORIES = {"c0": 2, "c1": 3, "c2": 5, "c3": 8, "c4": 15, "c5": 30}
NORMAL, LOGNORMAL, HEAVY, COUNTS = 8, 12, 16, 20
GAPS, MIXED = "n07", "c2"


@dataclass(frozen=True)
class Scenario:
    """One change: of the first `columns` columns, of a category's share, of the missing values or of a correlation."""

    name: str
    columns: int = 0
    shift: float = 0.0
    scale: float = 1.0
    moved: float = 0.0
    missing: float = 0.01
    correlation: float = 0.7

    def draw(self, random: np.random.Generator, rows: int) -> pa.Table:
        """Draw a table."""
        together = random.standard_normal(rows)
        found: dict[str, Any] = {name: self._number(at, random, rows, together) for at, name in enumerate(NUMBERS)}
        found[GAPS] = pa.array(found[GAPS], mask=random.random(rows) < self.missing)
        for name, levels in CATEGORIES.items():
            labels = pa.array([f"v{level}" for level in range(levels)])
            drawn = random.choice(levels, rows, p=self._shares(name, levels)).astype(np.int32)
            found[name] = pa.DictionaryArray.from_arrays(pa.array(drawn), labels)
        return pa.table(found)

    def _number(self, at: int, random: np.random.Generator, rows: int, together: NDArray[Any]) -> NDArray[Any]:
        shift, scale = (self.shift, self.scale) if at < self.columns else (0.0, 1.0)
        if at < NORMAL:
            return random.standard_normal(rows) * scale + shift
        if at < LOGNORMAL:
            return np.exp((random.standard_normal(rows) * scale + shift) * 0.8)
        if at < HEAVY:
            return random.standard_t(3, rows) * scale + shift * 1.7
        if at < COUNTS:
            mean = 4.0 * (at - 14)
            return random.poisson(mean + shift * math.sqrt(mean), rows).astype(np.float64)
        return together * math.sqrt(self.correlation) + random.standard_normal(rows) * math.sqrt(1 - self.correlation)

    def _shares(self, name: str, levels: int) -> NDArray[Any]:
        shares = 1 / np.arange(1, levels + 1)
        shares /= shares.sum()
        if name == MIXED:
            shares[0] -= self.moved
            shares[-1] += self.moved
        return shares


NOTHING = Scenario("no drift")
CHANGES = (
    Scenario("0.05 sigma, 1 column", columns=1, shift=0.05),
    Scenario("0.1 sigma, 1 column", columns=1, shift=0.1),
    Scenario("0.25 sigma, 1 column", columns=1, shift=0.25),
    Scenario("0.5 sigma, 1 column", columns=1, shift=0.5),
    Scenario("0.1 sigma, 10 columns", columns=10, shift=0.1),
    Scenario("0.25 sigma, 10 columns", columns=10, shift=0.25),
    Scenario("0.5 sigma, 10 columns", columns=10, shift=0.5),
    Scenario("scale x 1.25, 1 column", columns=1, scale=1.25),
    Scenario("5 % of a category moves", moved=0.05),
    Scenario("15 % of a category moves", moved=0.15),
    Scenario("missing 1 % to 5 %", missing=0.05),
    Scenario("missing 1 % to 20 %", missing=0.2),
    Scenario("correlation 0.7 to 0.35", correlation=0.35),
)
TRIFLES = (
    NOTHING,
    Scenario("0.01 sigma, 1 column", columns=1, shift=0.01),
    Scenario("0.01 sigma, 10 columns", columns=10, shift=0.01),
    Scenario("0.02 sigma, 10 columns", columns=10, shift=0.02),
)
