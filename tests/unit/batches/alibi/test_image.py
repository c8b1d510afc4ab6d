"""What the image of the alibi-detect function is made of, and what its two locks hold."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.version import Version

ROOT = Path(__file__).parents[4]
DOCKERFILE = (ROOT / "functions" / "alibi.Dockerfile").read_text()
LOCKS = {name: (ROOT / "requirements" / f"{name}.txt").read_text() for name in ("alibi", "alibi-runtime")}


def pinned(lock: str) -> dict[str, str]:
    """Read the pins of a lock; a name that is pinned twice, for two Pythons, keeps its lines apart by their marker."""
    found = re.findall(r"^([\w.-]+)==(\S+)([^\\\n]*)", lock, re.MULTILINE)
    return {f"{name};{marker}": version for name, version, marker in found}


def version_of(lock: str, name: str) -> Version:
    """Give the one version a lock pins."""
    (found,) = [version for key, version in pinned(lock).items() if key.partition(";")[0] == name]
    return Version(found)


def test_the_image_is_lambdas_own_and_installs_by_hash_alone() -> None:
    assert re.search(r"^FROM public\.ecr\.aws/lambda/python:3\.12$", DOCKERFILE, re.MULTILINE)
    (install,) = re.findall(r"pip install .*", DOCKERFILE)
    assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(install.split())
    assert install.endswith("-r alibi-runtime.txt")


def test_the_image_starts_a_handler_that_is_there() -> None:
    (handler,) = re.findall(r'^CMD \["(.+)"\]$', DOCKERFILE, re.MULTILINE)
    module, _, function = handler.rpartition(".")
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    assert f"def {function}(" in Path(spec.origin).read_text()


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_pins_the_last_release_that_is_free_for_production(lock: str) -> None:
    text = LOCKS[lock]
    assert version_of(text, "alibi-detect") == Version("0.11.4")
    assert version_of(text, "numpy") < Version("2")
    assert version_of(text, "pyarrow") < Version("26")
    assert version_of(text, "scipy") < Version("1.12")
    assert version_of(text, "pydantic") >= Version("2")
    assert "opencv-python==" not in re.sub(r".*sys_platform == 'never'.*", "", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_has_its_hashes_and_names_no_host(lock: str) -> None:
    blocks = re.split(r"^(?=[\w.-]+==)", LOCKS[lock], flags=re.MULTILINE)[1:]
    assert len(blocks) > 50
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCKS[lock]


def test_the_image_holds_what_the_tests_ran_with_and_no_tools() -> None:
    tested, shipped = pinned(LOCKS["alibi"]), pinned(LOCKS["alibi-runtime"])
    assert shipped.items() <= tested.items()
    assert not {"pytest", "time-machine"} & {key.partition(";")[0] for key in shipped}
