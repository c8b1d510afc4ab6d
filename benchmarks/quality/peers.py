"""What one peer says of the batches of a folder, by its own default decision, as a JSON line.

usage: python peers.py {alibi,evidently,nannyml} FOLDER      (FOLDER/reference.parquet, FOLDER/batch-*.parquet)
Says per batch `dataset`, the tool's flag for the whole table where it has one, and `any`: it alarms for some column.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

NUMBERS = [f"n{at:02d}" for at in range(24)]
CATEGORIES = [f"c{at}" for at in range(6)]
Said = dict[str, bool]


def alibi(reference: Any) -> Callable[[Any], Said]:
    """Fit TabularDrift: Kolmogorov-Smirnov and chi-square with Bonferroni's correction, p of 0.05."""
    import numpy as np

    sys.path.append(str(Path(__file__).parents[2] / "functions"))
    from holdfast.batches.alibi.imports import change_detectors

    def matrix(frame: Any) -> Any:
        codes = [frame[name].astype(str).str[1:].astype(float) for name in CATEGORIES]
        return np.column_stack([*(frame[name].to_numpy(float) for name in NUMBERS), *codes])

    levels = {len(NUMBERS) + at: None for at in range(len(CATEGORIES))}
    detector = change_detectors().TabularDrift(matrix(reference), p_val=0.05, categories_per_feature=levels)

    def said(frame: Any) -> Said:
        return {"dataset": bool(detector.predict(matrix(frame))["data"]["is_drift"])}

    return said


def evidently(reference: Any) -> Callable[[Any], Said]:
    """Take DataDriftPreset as it comes: drift if half the columns have a distance of 0.1."""
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    kinds = DataDefinition(numerical_columns=NUMBERS, categorical_columns=CATEGORIES)
    known = Dataset.from_pandas(reference, data_definition=kinds)

    def said(frame: Any) -> Said:
        batch = Dataset.from_pandas(frame, data_definition=kinds)
        value = Report([DataDriftPreset()]).run(batch, known).dict()["metrics"][0]["value"]
        return {"dataset": bool(value["share"] >= 0.5), "any": bool(value["count"] > 0)}

    return said


def nannyml(reference: Any) -> Callable[[Any], Said]:
    """Fit the univariate calculator: Jensen-Shannon beyond three deviations of the reference's own chunks."""
    import nannyml as nml

    rows = int(sys.argv[3])
    calculator = nml.UnivariateDriftCalculator(
        column_names=[*NUMBERS, *CATEGORIES],
        treat_as_categorical=CATEGORIES,
        continuous_methods=["jensen_shannon"],
        categorical_methods=["jensen_shannon"],
        chunk_size=rows,
    ).fit(reference)

    def said(frame: Any) -> Said:
        told = calculator.calculate(frame).filter(period="analysis").to_df()
        return {"any": bool(told[[name for name in told.columns if name[-1] == "alert"]].to_numpy().any())}

    return said


def main() -> None:
    """Ask one peer of every batch."""
    import pandas as pd

    tool, folder = {"alibi": alibi, "evidently": evidently, "nannyml": nannyml}[sys.argv[1]], Path(sys.argv[2])
    frame = pd.read_parquet(folder / "reference.parquet")
    plain = dict.fromkeys(CATEGORIES, str)
    said = tool(frame.astype(plain))
    batches = sorted(folder.glob("batch-*.parquet"))
    print(json.dumps({path.name: said(pd.read_parquet(path).astype(plain)) for path in batches}))


if __name__ == "__main__":
    main()
