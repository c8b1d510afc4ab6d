import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
ALIBI = ROOT / ".venv-alibi" / "bin" / "python"

KEEPS = """
import sys
import pydantic, pydantic.fields, pydantic.v1
before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "pydantic"}
from holdfast.batches.alibi.imports import change_detectors
assert "alibi_detect" not in sys.modules
detectors = change_detectors()
assert detectors.TabularDrift and detectors.ClassifierDrift
after = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "pydantic"}
assert after == before, after.keys() ^ before.keys()
assert change_detectors() is detectors

from alibi_detect.saving import schemas
from holdfast.ledger.contract import Announcement
assert issubclass(schemas.BaseModel, pydantic.v1.BaseModel)
assert issubclass(Announcement, pydantic.BaseModel) and not issubclass(Announcement, pydantic.v1.BaseModel)
class Fresh(pydantic.BaseModel):
    number: int
assert Fresh.model_validate({"number": "3"}).number == 3
"""
RESTORES = """
import sys
import pydantic
from holdfast.batches.alibi import imports
imports.import_module = lambda name: __import__("pydantic.v1") if name == "pydantic.v1" else 1 / 0
try:
    imports.change_detectors()
except ZeroDivisionError:
    assert sys.modules["pydantic"] is pydantic
    assert pydantic.VERSION.startswith("2")
else:
    raise AssertionError
"""
PLUGINS = """
import sys
from holdfast.batches.detectors import alibi_classifier, alibi_tabular
assert not {"alibi_detect", "sklearn", "scipy"} & {name.partition(".")[0] for name in sys.modules}
"""


@pytest.mark.parametrize(
    "code",
    [KEEPS, RESTORES, PLUGINS],
    ids=["pydantic 2 stays", "also after a failure", "plug-ins import nothing heavy"],
)
def test_only_the_import_of_alibi_detect_sees_pydantic_one(code: str) -> None:
    if not ALIBI.exists():
        pytest.skip("no .venv-alibi: `make setup` creates it")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "functions")}
    ran = subprocess.run(
        [ALIBI, "-W", "error::ImportWarning", "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
