"""What the manifest says of a waiver, and whether anything is there for it to waive."""

from fnmatch import fnmatchcase

from holdfast.compliance import catalogue
from holdfast.compliance.facts import Ask, Fact, GoneError, Read


def _said(ask: Ask) -> Fact:
    waiver = ask.waivers.get(ask.resource.name)
    if waiver is None:
        raise GoneError(f"waiver {ask.resource.name} is not in the manifest any more")
    return {**waiver.model_dump(exclude_none=True), "ends": waiver.ends}


def _matches(ask: Ask) -> Fact:
    """Look for one resource of the control's kind whose name the waiver's glob matches."""
    waiver = ask.fact(SAID)
    kind = catalogue.every_kind()[catalogue.every_control()[waiver["control"]].kind]
    found = next((name for name in kind.listed(ask) if fnmatchcase(name, waiver["resource"])), None)
    return {"kind": kind.noun, "first": found}


SAID = Read("waiver", (), _said)
MATCH = Read("waiver_match", (), _matches)
