"""One job of one peer in this interpreter: two Parquet files in, its verdict out as a JSON line.

usage: python jobs.py PEER REFERENCE BATCH
Each peer gets what its documentation shows: pandas frames, or matrices where it takes nothing else.
"""

import json
import sys
from pathlib import Path
from typing import Any

NUMBERS = [f"n{at:02d}" for at in range(50)]
CATEGORIES = [f"c{at:02d}" for at in range(10)]
EVERY = [*NUMBERS, *CATEGORIES]


def scan(*files: Path) -> dict[str, Any]:
    """Decode every column of every row group and do nothing with it: the floor of all that look at each value."""
    import numpy as np  # noqa: F401  # each tool needs it; so does the floor
    import pyarrow.parquet as pq

    values = 0
    for file in files:
        parquet = pq.ParquetFile(file)
        for group in range(parquet.num_row_groups):
            for name in parquet.schema_arrow.names:
                values += parquet.read_row_group(group, columns=[name], use_threads=False).num_rows
    return {"values": values}


def frames(*files: Path) -> list[Any]:
    """Read the files as pandas frames."""
    import pandas as pd

    return [pd.read_parquet(file) for file in files]


def matrices(reference: Any, batch: Any, names: list[str], dtype: str) -> list[Any]:
    """Give frames as matrices, with the categories as the number of their label."""
    import numpy as np
    import pandas as pd

    taken = [np.empty((len(frame), len(names)), dtype) for frame in (reference, batch)]
    for at, name in enumerate(names):
        columns = [frame[name] for frame in (reference, batch)]
        if name in CATEGORIES:
            labels = pd.Index(sorted(set(columns[0].unique()) | set(columns[1].unique())))
            columns = [labels.get_indexer(column) for column in columns]
        for matrix, column in zip(taken, columns, strict=True):
            matrix[:, at] = column
    return taken


def change_detectors() -> Any:
    """Give alibi-detect's detectors, which were written for a pydantic that Python 3.12 does not go with."""
    sys.path.append(str(Path(__file__).parents[2] / "functions"))
    from holdfast.batches.alibi.imports import change_detectors

    return change_detectors()


def alibi_tabular(*files: Path) -> dict[str, Any]:
    """Test every column with alibi-detect's TabularDrift."""
    tabular_drift = change_detectors().TabularDrift
    reference, batch = matrices(*frames(*files), EVERY, "float64")
    levels = {at: None for at, name in enumerate(EVERY) if name in CATEGORIES}
    said = tabular_drift(reference, p_val=0.05, categories_per_feature=levels).predict(batch)["data"]
    return {"is_drift": bool(said["is_drift"]), "columns": int((said["p_val"] < said["threshold"]).sum())}


def alibi_ks(*files: Path) -> dict[str, Any]:
    """Test the numbers alone with alibi-detect's KSDrift, in 32-bit floats: the least it can do."""
    ks_drift = change_detectors().KSDrift
    reference, batch = matrices(*frames(*files), NUMBERS, "float32")
    said = ks_drift(reference, p_val=0.05).predict(batch)["data"]
    return {"is_drift": bool(said["is_drift"]), "columns": int((said["p_val"] < said["threshold"]).sum())}


def evidently(*files: Path) -> dict[str, Any]:
    """Run Evidently's DataDriftPreset as it comes."""
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    definition = DataDefinition(numerical_columns=NUMBERS, categorical_columns=CATEGORIES)
    reference, batch = (Dataset.from_pandas(frame, data_definition=definition) for frame in frames(*files))
    value = Report([DataDriftPreset()]).run(batch, reference).dict()["metrics"][0]["value"]
    return {"is_drift": value["share"] >= 0.5, "columns": int(value["count"])}


def nannyml(*files: Path) -> dict[str, Any]:
    """Run NannyML's univariate drift by Jensen-Shannon distance, its default, in chunks of 10,000 rows."""
    import nannyml as nml

    reference, batch = frames(*files)
    calculator = nml.UnivariateDriftCalculator(
        column_names=EVERY, treat_as_categorical=CATEGORIES, continuous_methods=["jensen_shannon"],
        categorical_methods=["jensen_shannon"], chunk_size=10_000,
    )  # fmt: skip
    calculator.fit(reference)
    found = calculator.calculate(batch).filter(period="analysis").to_df()
    alerts = found[[column for column in found.columns if column[-1] == "alert"]]
    return {"is_drift": bool(alerts.to_numpy().any()), "columns": int((alerts.mean() > 0.5).sum())}


def frouros(*files: Path) -> dict[str, Any]:
    """Test each column with frouros."""
    from frouros.detectors.data_drift import ChiSquareTest, KSTest

    reference, batch = frames(*files)
    significant = 0
    for name in EVERY:
        detector = ChiSquareTest() if name in CATEGORIES else KSTest()
        detector.fit(X=reference[name].to_numpy())
        result, _ = detector.compare(X=batch[name].to_numpy())
        significant += bool(result.p_value < 0.05)
    return {"is_drift": significant > 0, "columns": significant}


JOBS = {job.__name__: job for job in (scan, alibi_tabular, alibi_ks, evidently, nannyml, frouros)}

if __name__ == "__main__":
    print(json.dumps(JOBS[sys.argv[1]](*map(Path, sys.argv[2:]))))
