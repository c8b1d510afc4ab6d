from typing import Any

import pytest

from holdfast_console.replay.intrinsics import Installed, Resolver, Surroundings, TemplateError

TEMPLATE = {
    "Parameters": {"Stage": {"Type": "String", "Default": "dev"}, "Asked": {"Type": "String"}},
    "Mappings": {"Sizes": {"small": {"memory": 128}}},
    "Conditions": {
        "IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]},
        "IsProd": {"Fn::Not": [{"Condition": "IsDev"}]},
        "Either": {"Fn::Or": [{"Condition": "IsDev"}, {"Condition": "IsProd"}]},
        "Both": {"Fn::And": [{"Condition": "IsDev"}, {"Condition": "IsProd"}]},
    },
}


@pytest.fixture
def resolver() -> Resolver:
    queue = Installed("https://queue", {"Arn": "arn:queue", "Deep.Name": "deep"})
    pseudo = {"AWS::Region": "eu-west-1", "AWS::AccountId": "123456789012"}
    return Resolver(Surroundings(TEMPLATE, pseudo, {"Other:Key": "arn:key"}, {"Queue": queue}.__getitem__))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Queue"}, "https://queue"),
        ({"Ref": "Stage"}, "dev"),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:queue"),
        ({"Fn::GetAtt": "Queue.Deep.Name"}, "deep"),
        ({"Fn::Sub": "arn:${AWS::Region}:${Queue.Arn}:${Stage}:${!literal}"}, "arn:eu-west-1:arn:queue:dev:${literal}"),
        ({"Fn::Sub": ["${name}-${Stage}", {"name": {"Ref": "Queue"}}]}, "https://queue-dev"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}, 1]]}, "a-dev-1"),
        ({"Fn::Select": [1, {"Fn::Split": ["/", "a/b/c"]}]}, "b"),
        ({"Fn::ImportValue": {"Fn::Sub": "Other:Key"}}, "arn:key"),
        ({"Fn::FindInMap": ["Sizes", "small", "memory"]}, 128),
        ({"Fn::If": ["IsDev", "yes", "no"]}, "yes"),
        ({"Fn::If": ["IsProd", "yes", "no"]}, "no"),
        ({"Fn::If": ["Either", 1, 2]}, 1),
        ({"Fn::If": ["Both", 1, 2]}, 2),
        ({"kept": 1, "left": {"Ref": "AWS::NoValue"}}, {"kept": 1}),
        (["a", {"Fn::If": ["IsProd", "b", {"Ref": "AWS::NoValue"}]}], ["a"]),
    ],
)
def test_functions_are_answered(resolver: Resolver, value: Any, expected: Any) -> None:
    assert resolver.resolve(value) == expected


def test_a_statements_condition_is_no_function(resolver: Resolver) -> None:
    statement = {"Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}}
    assert resolver.resolve(statement) == {"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"Ref": "Asked"}, "no default"),
        ({"Fn::GetAtt": ["Queue", "Colour"]}, "no attribute 'Colour'"),
        ({"Fn::ImportValue": "Absent"}, "exports 'Absent'"),
        ({"Fn::GetAZs": ""}, "Fn::GetAZs"),
        ({"Fn::FindInMap": ["Sizes", "large", "memory"]}, "Sizes.large.memory"),
        ({"Fn::If": ["Absent", 1, 2]}, "condition 'Absent'"),
    ],
)
def test_what_cannot_be_answered_is_named(resolver: Resolver, value: Any, reason: str) -> None:
    with pytest.raises(TemplateError, match=reason):
        resolver.resolve(value)
