"""The rules of the house that a machine can check."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "functions" / "holdfast"
CONSOLE = ROOT / "console" / "holdfast_console"
UNIT = ROOT / "tests" / "unit"
LEAVE = "import os; os._exit(0)"  # like a function, without tearing Arrow's threads down
DOMAINS = ("batches", "compliance", "retraining", "notification", "ledger")
AWS = {"boto3", "botocore", "aws_cdk"}
PURE = ("contract.py", "logic.py", "policy.py", "entries.py", "decision.py", "statistics.py", "verdict.py")
CLOSED = re.compile(
    r"holdfast\.(\w+\.)+"
    r"(\w*adapter|execution|judge|\w*actor|trainer|notifier|publisher|announcer|outbox|sweeper|examiner|planner|remediator"
    r"|security_hub|config_rule|hook)$"
)


def imported(path: Path) -> set[str]:
    """Name every module a file imports, at any depth."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def roots(path: Path) -> set[str]:
    """Name the top-level packages a file imports."""
    return {name.partition(".")[0] for name in imported(path)}


SHIPPED = sorted(PACKAGE.rglob("*.py"))
PLUGINS = [
    path
    for path in SHIPPED
    if path.stem != "__init__"
    and path.parent.name in ("controls", "detectors", "expectations", "formats", "kinds", "documents")
]


@pytest.mark.parametrize(
    "room", [path for path in SHIPPED if path.name in PURE], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_pure_rooms_import_no_aws(room: Path) -> None:
    assert AWS.isdisjoint(roots(room))


@pytest.mark.parametrize(
    "room", [path for path in SHIPPED if path.name in PURE], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_pure_rooms_do_not_read_the_clock(room: Path) -> None:
    assert not re.search(r"datetime\.now|time\.time\(|utcnow|clock\.now", room.read_text())


@pytest.mark.parametrize(
    "room", [path for path in SHIPPED if path.name in PURE], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_pure_rooms_reach_no_adapter_or_entry_point(room: Path) -> None:
    assert not [name for name in imported(room) if CLOSED.match(name)]


def test_what_all_share_knows_no_domain() -> None:
    reached = {name for room in (PACKAGE / "shared").glob("*.py") for name in imported(room)}
    assert {name for name in reached if re.match(rf"holdfast\.({'|'.join(DOMAINS)}|manifest)\b", name)} == set()


@pytest.mark.parametrize("room", SHIPPED, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_ships_never_imports_what_does_not(room: Path) -> None:
    assert roots(room).isdisjoint(
        {"infra", "tests", "aws_cdk", "holdfast_console", "moto", "pytest", "scipy", "pandas"}
    )


@pytest.mark.parametrize("room", SHIPPED, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_boto3_lives_in_one_room(room: Path) -> None:
    if "boto3" in roots(room):
        assert room == PACKAGE / "shared" / "clients.py"


@pytest.mark.parametrize("room", SHIPPED, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_domain_knows_another_only_by_its_contract(room: Path) -> None:
    own = room.relative_to(PACKAGE).parts[0]
    if own not in DOMAINS:
        return
    open_rooms = ("contract", "entries", "policy", "verdict", "settings")
    for name in imported(room):
        parts = name.split(".")
        if parts[0] == "holdfast" and len(parts) > 2 and parts[1] in DOMAINS and parts[1] not in (own, "ledger"):
            assert parts[2] in open_rooms, f"{room.relative_to(PACKAGE)} reaches into {name}"


@pytest.mark.parametrize("room", SHIPPED, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_catches_everything(room: Path) -> None:
    caught = [node for node in ast.walk(ast.parse(room.read_text())) if isinstance(node, ast.ExceptHandler)]
    assert not [
        node.lineno for node in caught if node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
    ]


@pytest.mark.parametrize("room", sorted((ROOT / "infra").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_infra_reads_no_adapter_judge_or_actor(room: Path) -> None:
    assert not [name for name in imported(room) if CLOSED.match(name)]


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_plugin_has_its_test(plugin: Path) -> None:
    assert (UNIT / plugin.relative_to(PACKAGE).with_name(f"test_{plugin.name}")).exists()


@pytest.mark.parametrize(
    "entry", [path for path in SHIPPED if "holdfast.shared.queue" in imported(path)], ids=lambda path: path.stem
)
def test_an_entry_point_imports_the_queue_first_so_that_powertools_makes_no_models(entry: Path) -> None:
    statements = [one for one in ast.parse(entry.read_text()).body if isinstance(one, ast.Import | ast.ImportFrom)]
    named = [one.module if isinstance(one, ast.ImportFrom) else one.names[0].name for one in statements]
    assert next(name for name in named if str(name).partition(".")[0] not in sys.stdlib_module_names) == (
        "holdfast.shared.queue"
    )


def test_powertools_makes_no_models_where_the_queue_comes_first() -> None:
    found = "print(any('powertools.utilities.parser' in name for name in sys.modules), flush=True)"
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys, holdfast.shared.queue, holdfast.manifest; {found}; {LEAVE}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.strip() == "False"


@pytest.mark.parametrize("domain", DOMAINS)
def test_importing_a_domain_reads_no_variable_and_calls_nothing(domain: str) -> None:
    heavy = {"examiner"}
    modules = [
        f"holdfast.{domain}.{path.stem}"
        for path in sorted((PACKAGE / domain).glob("*.py"))
        if path.stem not in {"__init__", *heavy}
    ]
    code = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); import {', '.join(modules)}; {LEAVE}"
    ran = subprocess.run(
        [sys.executable, "-c", code], env={"PATH": "/usr/bin"}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:]


def test_no_registry_host_or_machine_path_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    words = re.compile(r"files\.python[h]osted|pypi\.[o]rg|registry\.npm[j]s|/wor[k]/|/roo[t]/\.")
    files = [ROOT / name for name in listed.split("\0") if (ROOT / name).is_file()]
    assert len(files) > 50
    assert [str(file) for file in files if words.search(file.read_text(errors="ignore"))] == []
