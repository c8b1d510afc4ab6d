"""Import alibi-detect in a house that speaks pydantic 2: 0.11 was written for pydantic 1, later releases know both."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

OLD = "pydantic.v1"


@cache
def change_detectors() -> ModuleType:
    """Give `alibi_detect.cd`, imported once: it takes seconds, and would remark on deep learning that we do without."""
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
    logging.getLogger("alibi_detect").setLevel(logging.ERROR)
    if _knows_both():
        return import_module("alibi_detect.cd")
    with _pydantic_meaning_version_one():
        return import_module("alibi_detect.cd")


def _knows_both() -> bool:
    found = find_spec("alibi_detect")
    folders = () if found is None else found.submodule_search_locations or ()
    return any((Path(folder) / "utils" / "pydantic_v1").exists() for folder in folders)


@contextmanager
def _pydantic_meaning_version_one() -> Iterator[None]:
    """Let `pydantic` and its modules resolve to `pydantic.v1` for a while, then put everything back."""
    import_module(OLD)
    kept = _pydantic_modules()
    one = {name: module for name, module in kept.items() if name == OLD or name.startswith(f"{OLD}.")}
    for name in kept.keys() - one.keys():
        del sys.modules[name]
    sys.modules.update({f"pydantic{name.removeprefix(OLD)}": module for name, module in one.items()})
    try:
        yield
    finally:
        for name in _pydantic_modules():
            del sys.modules[name]
        sys.modules.update(kept)


def _pydantic_modules() -> dict[str, ModuleType]:
    return {name: module for name, module in sys.modules.items() if name == "pydantic" or name.startswith("pydantic.")}
