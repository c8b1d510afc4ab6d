"""Expectations stand in the manifest: found by their files, refused in their own words, and read without Arrow."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from holdfast.batches import expectations
from holdfast.batches.expectation import Expectation
from holdfast.batches.expected import NAMES
from holdfast.manifest import Manifest
from holdfast.shared.catalogue import discover
from holdfast.shared.errors import ConfigurationError

FUNCTIONS = Path(__file__).parents[3] / "functions"
GOVERNED = """buckets:
  - {name: ml-data, region: eu-west-1, events: eventbridge}
models:
  bike-demand:
    owner: mobility-team
    batches: {bucket: ml-data, prefix: bikes/}
    reference: s3://ml-data/reference.parquet
    schema: {critical: [temp], evolve: optional}
    expectations:
"""
SOUND = """      - {expect: range, column: temp, minimum: 0, maximum: 1, mostly: 0.99, on_failure: notice}
      - {expect: range, column: at, minimum: 2026-01-01T00:00:00Z}
      - {expect: regex, column: word, pattern: "^[a-z]+$"}
"""


def governed(folder: Path, *lines: str) -> Path:
    """Write a manifest with these expectations."""
    path = folder / "governance.yaml"
    path.write_text(GOVERNED + "".join(f"      - {line}\n" for line in lines))
    return path


def test_every_file_is_one_expectation_that_says_what_it_is_for() -> None:
    found = discover(expectations, Expectation)
    assert tuple(found) == NAMES
    assert all(one.parameters.__doc__ for one in found.values())


def test_what_ships_to_the_functions_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "governance.yaml"
    path.write_text(GOVERNED + SOUND)
    manifest = Manifest.load(path)
    shipped = tmp_path / "governance.json"
    shipped.write_bytes(manifest.canonical())
    assert Manifest.load(shipped).models == manifest.models
    assert Manifest.load(shipped).digest == manifest.digest


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{expect: rnge, column: x}", "expectations.0.expect: no such expectation, expected one of column_count"),
        ("{expect: range, column: x, low: 1}", "expectations.0.low: unknown key, expected one of expect, on_failure"),
        ("{expect: range, column: x}", "expectations.0: expected minimum, maximum or both"),
        ("{expect: range, column: x, minimum: 2, maximum: 1}", "minimum must be at most maximum, got 2 and 1"),
        ("{expect: range, column: x, minimum: 2026-01-01}", "expected a number, or a time with its zone such as"),
        ("{expect: range, column: x, minimum: 1, maximum: 2026-01-01T00:00:00Z}", "expected two numbers or two times"),
        ("{expect: range, minimum: 1}", "expectations.0.column: required, and missing"),
        ("{expect: range, column: x, minimum: 1, mostly: 0}", "expectations.0.mostly: Input should be greater than 0"),
        ("{expect: range, column: x, minimum: true}", "expectations.0.minimum: expected a number"),
        ("{expect: not_null, column: x, on_failure: explode}", "on_failure: Input should be 'quarantine' or 'notice'"),
        (f"{{expect: range, column: x, minimum: {'9' * 400}}}", "expectations.0.minimum"),
        ("{expect: set, column: x, values: []}", "expectations.0.values"),
        ("{expect: unique}", "expected either column, or columns whose values together occur once"),
        ('{expect: regex, column: x, pattern: "(?=a)"}', "RE2 refuses the pattern: Invalid regular expression"),
        ("{expect: freshness, column: x, hours: 0}", "expectations.0.hours"),
        ("just words", "expected the keys expect, column and what the expectation takes"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    path = governed(tmp_path, line)
    with pytest.raises(ConfigurationError) as refused:
        Manifest.load(path)
    assert said in str(refused.value)
    assert f"{path}:{GOVERNED.count(chr(10)) + 1}: models.bike-demand." in str(refused.value)


def test_a_function_without_arrow_reads_every_expectation(tmp_path: Path) -> None:
    path = tmp_path / "governance.yaml"
    path.write_text(GOVERNED + SOUND)
    code = f"""
import sys
sys.path.insert(0, {str(FUNCTIONS)!r})
sys.modules.update(dict.fromkeys(("numpy", "pyarrow")))
from holdfast.batches.expected import NAMES, known
from holdfast.manifest import Manifest
print(len(Manifest.load({str(path)!r}).models["bike-demand"].expectations), all(known(name) for name in NAMES))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stdout.split() == ["3", "True"], ran.stderr[-1500:]


def test_without_expectations_no_plug_in_is_imported() -> None:
    code = f"""
import sys
sys.path.insert(0, {str(FUNCTIONS)!r})
import holdfast.manifest
print([name for name in sys.modules if name.startswith("holdfast.batches.expectation.") or "expectations." in name])
"""
    ran: Any = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
