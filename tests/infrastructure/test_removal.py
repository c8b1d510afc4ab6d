"""Models come and go: what is left must deploy, in any order, without anything having to be deployed first."""

import json
from itertools import combinations

import pytest

from tests.infrastructure.conftest import MANIFEST, Built, manifest
from tests.infrastructure.house import House
from tests.infrastructure.test_state import imports

MODELS = tuple(MANIFEST["models"])
PAIRS = list(combinations(MODELS, 2))


@pytest.fixture(scope="module")
def pairs(built: Built) -> dict[tuple[str, ...], House]:
    """The house with each pair of models, with one, and with none."""
    return {pair: built(manifest(*pair)) for pair in [*PAIRS, MODELS[:1]]} | {
        (): built(manifest().model_copy(update={"models": {}}))
    }


def exports(house: House) -> set[str]:
    """What a house's state lends to the rest."""
    return {output["Export"]["Name"] for output in house.stateful["Outputs"].values()}


def test_no_change_of_models_adds_or_takes_an_export(house: House, pairs: dict[tuple[str, ...], House]) -> None:
    assert all(exports(one) == exports(house) for one in pairs.values())
    assert all({said["Fn::ImportValue"] for said in imports(one.reactive)} <= exports(house) for one in pairs.values())


def test_state_is_the_same_whatever_the_models(house: House, pairs: dict[tuple[str, ...], House]) -> None:
    def state(one: House) -> dict[str, object]:
        resources = one.stateful["Resources"].items()
        return {name: resource for name, resource in resources if resource["Type"] != "AWS::CloudWatch::Alarm"}

    assert all(state(one) == state(house) for one in pairs.values())


def test_functions_queues_and_roles_keep_their_names(house: House, pairs: dict[tuple[str, ...], House]) -> None:
    def lasting(one: House) -> set[str]:
        kinds = (
            "AWS::Lambda::Function",
            "AWS::SQS::Queue",
            "AWS::IAM::Role",
            "AWS::Events::EventBus",
            "AWS::Logs::LogGroup",
        )
        return {name for name, resource in one.reactive["Resources"].items() if resource["Type"] in kinds}

    assert all(lasting(one) == lasting(house) for one in pairs.values())


@pytest.mark.parametrize("gone", MODELS)
def test_a_removed_model_is_in_no_pattern_no_grant_and_no_alarm(pairs: dict[tuple[str, ...], House], gone: str) -> None:
    left = next(pair for pair in PAIRS if gone not in pair)
    one = pairs[left]
    said = [
        value
        for kind in ("AWS::Events::Rule", "AWS::IAM::Policy", "AWS::CloudWatch::Alarm")
        for value in one.of(kind).values()
    ]
    assert f"{gone}/" not in json.dumps(said)
    assert not [path for path in one.of("AWS::CloudWatch::Alarm") if path == f"Silence/{gone}"]


def test_a_house_without_models_still_stands(pairs: dict[tuple[str, ...], House], house: House) -> None:
    assert set(pairs[()].functions) == set(house.functions)
