"""The training jobs that a tuning job defines: one, or several by name."""

from collections.abc import Iterator

from holdfast.compliance.facts import Fact


def definitions(tuning: Fact) -> Iterator[tuple[str, Fact]]:
    """Give each definition by a name."""
    if "TrainingJobDefinition" in tuning:
        yield "its training jobs", tuning["TrainingJobDefinition"]
    for number, definition in enumerate(tuning.get("TrainingJobDefinitions") or [], 1):
        yield f"training jobs {definition.get('DefinitionName', number)}", definition


def resources_of(definition: Fact) -> Fact:
    """Give the instances of a definition, which has them in one of two places."""
    found: Fact = definition.get("ResourceConfig") or definition.get("HyperParameterTuningResourceConfig") or {}
    return found
