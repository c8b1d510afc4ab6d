"""alibi-detect as it is, in its own environment, asked from here."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from holdfast.batches.policy import DriftPolicy
from holdfast.batches.verdict import BatchAssessment

ROOT = Path(__file__).parents[4]
ALIBI = Path(os.environ.get("HOLDFAST_ALIBI_PYTHON", ROOT / ".venv-alibi" / "bin" / "python"))
Compare = Callable[..., BatchAssessment]


@pytest.fixture(scope="session")
def alibi_process() -> Iterator["subprocess.Popen[str]"]:
    """Start the environment of alibi-detect once, or skip saying that it is not there."""
    if not ALIBI.exists():
        pytest.skip("no .venv-alibi: `make setup` creates it")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "functions"), "OMP_NUM_THREADS": "1"}
    command = [str(ALIBI), str(Path(__file__).with_name("alibi_worker.py"))]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


@pytest.fixture(scope="session")
def has_torch() -> bool:
    """Tell whether PyTorch is beside alibi-detect; HOLDFAST_ALIBI_PYTHON can name an environment where it is."""
    return (
        ALIBI.exists()
        and subprocess.run([ALIBI, "-c", "import torch"], capture_output=True, check=False).returncode == 0
    )


@pytest.fixture
def compare(alibi_process: "subprocess.Popen[str]", tmp_path: Path) -> Compare:
    """Let one of alibi-detect's detectors compare two tables."""

    def ask(
        detector: str,
        reference: pa.Table,
        batch: pa.Table,
        arguments: dict[str, object] | None = None,
        **policy: object,
    ) -> BatchAssessment:
        files = {"reference": tmp_path / "reference.parquet", "batch": tmp_path / "batch.parquet"}
        pq.write_table(reference, files["reference"])
        pq.write_table(batch, files["batch"])
        said = DriftPolicy.model_validate(policy).model_dump(mode="json")
        asked = {"detector": detector, "policy": said, "arguments": arguments or {}, **files}
        assert alibi_process.stdin is not None
        assert alibi_process.stdout is not None
        print(json.dumps(asked, default=str), file=alibi_process.stdin, flush=True)
        answer = alibi_process.stdout.readline()
        assert answer, f"the process of alibi-detect ended with {alibi_process.wait()}"
        return BatchAssessment.model_validate_json(answer)

    return ask
