import base64
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.compliance.partial import Unresolved
from holdfast.compliance.template.declared import Template
from holdfast.compliance.template.document import Document, TemplateError
from holdfast.compliance.template.symbols import Symbol

BUCKETS = {
    "Data": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "training-data"}},
    "Generated": {"Type": "AWS::S3::Bucket"},
    "Prefixed": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": "${Prefix}-data"}}},
    "Role": {"Type": "AWS::IAM::Role", "Properties": {}},
    "Key": {"Type": "AWS::KMS::Key", "Properties": {"Enabled": True}},
    "Topic": {"Type": "AWS::SNS::Topic"},
    "Model": {"Type": "AWS::SageMaker::Model", "Properties": {"ModelName": "bikes"}},
    "Made": {"Type": "Custom::Lookup"},
    "Unmade": {"Type": "AWS::S3::Bucket", "Condition": "IsProd"},
}
WRITTEN = {
    "Parameters": {
        "Env": {"Type": "String", "Default": "dev"},
        "Prefix": {"Type": "String"},
        "Only": {"Type": "String", "AllowedValues": ["one"]},
        "Subnets": {"Type": "CommaDelimitedList", "Default": "a, b"},
        "Size": {"Type": "Number", "Default": 3},
        "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a/path"},
    },
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
        "IsDev": {"Fn::Not": [{"Condition": "IsProd"}]},
        "HasPrefix": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Prefix"}, ""]}]},
        "DevOrPrefix": {"Fn::Or": [{"Condition": "HasPrefix"}, {"Condition": "IsDev"}]},
        "ProdAndPrefix": {"Fn::And": [{"Condition": "HasPrefix"}, {"Condition": "IsProd"}]},
        "SamePrefix": {"Fn::Equals": [{"Ref": "Prefix"}, {"Ref": "Prefix"}]},
        "Round": {"Fn::Not": [{"Condition": "Round"}]},
    },
    "Mappings": {"Days": {"dev": {"keep": 7, "classes": ["GLACIER"]}}},
    "Resources": BUCKETS,
}


def settled(value: Any, **given: Any) -> Any:
    around = {"AWS::AccountId": "123456789012", "AWS::Region": "eu-west-1"}
    return Template(Document("a.json", WRITTEN), {**around, **given}, {"shared-key": "arn:key"}).settle(value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"Ref": "Env"}, "dev"),
        ({"Ref": "Only"}, "one"),
        ({"Ref": "Size"}, "3"),
        ({"Ref": "Subnets"}, ["a", "b"]),
        ({"Fn::Select": [1, {"Ref": "Subnets"}]}, "b"),
        ({"Fn::Select": ["0", {"Fn::Split": [":", "a:b"]}]}, "a"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Env"}]]}, "a-dev"),
        ({"Fn::Sub": "${Env}-${AWS::Region}-${!Literal}"}, "dev-eu-west-1-${Literal}"),
        ({"Fn::Sub": ["${A}/${Data.Arn}", {"A": {"Ref": "Env"}}]}, "dev/arn:aws:s3:::training-data"),
        ({"Fn::FindInMap": ["Days", {"Ref": "Env"}, "keep"]}, 7),
        ({"Fn::FindInMap": ["Days", "prod", "keep", {"DefaultValue": 90}]}, 90),
        ({"Fn::If": ["IsProd", "a", "b"]}, "b"),
        ({"Fn::If": ["DevOrPrefix", "a", "b"]}, "a"),
        ({"Fn::If": ["ProdAndPrefix", "a", "b"]}, "b"),
        ({"Fn::If": ["SamePrefix", "a", "b"]}, "a"),
        ({"Fn::If": ["HasPrefix", "same", "same"]}, "same"),
        ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
        ([{"Ref": "AWS::NoValue"}, 1], [1]),
        ({"Fn::ImportValue": {"Fn::Sub": "shared-key"}}, "arn:key"),
        ({"Fn::Base64": "#!/bin/sh"}, base64.b64encode(b"#!/bin/sh").decode()),
        ({"Fn::Length": {"Ref": "Subnets"}}, 2),
        ({"Fn::ToJsonString": {"a": {"Ref": "Env"}}}, '{"a":"dev"}'),
        ({"Ref": "AWS::AccountId"}, "123456789012"),
        ({"Ref": "AWS::Partition"}, "aws"),
        ({"Ref": "AWS::URLSuffix"}, "amazonaws.com"),
        ({"Condition": {"Bool": {"a": "false"}}}, {"Condition": {"Bool": {"a": "false"}}}),
    ],
)  # fmt: skip
def test_what_a_template_settles_is_resolved(written: Any, meant: Any) -> None:
    assert settled(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"Ref": "Data"}, "training-data"),
        ({"Fn::GetAtt": ["Data", "Arn"]}, "arn:aws:s3:::training-data"),
        ({"Fn::GetAtt": "Data.DomainName"}, "training-data.s3.amazonaws.com"),
        ({"Ref": "Generated"}, "Generated"),
        ({"Fn::Sub": "${Generated.Arn}/*"}, "arn:aws:s3:::Generated/*"),
        ({"Fn::GetAtt": ["Role", "Arn"]}, "arn:aws:iam::123456789012:role/Role"),
        ({"Fn::GetAtt": ["Key", "Arn"]}, "arn:aws:kms:eu-west-1:123456789012:key/Key"),
        ({"Fn::GetAtt": ["Key", "Enabled"]}, True),
        ({"Ref": "Topic"}, "arn:aws:sns:eu-west-1:123456789012:Topic"),
        ({"Ref": "Model"}, "arn:aws:sagemaker:eu-west-1:123456789012:model/bikes"),
        ({"Fn::GetAtt": ["Model", "ModelName"]}, "bikes"),
        ({"Ref": "Prefixed"}, "Prefixed"),
        ({"Fn::Sub": "arn:aws:s3:::${Prefix}-data/*"}, "arn:aws:s3:::Prefixed/*"),
    ],
)
def test_a_resource_of_the_template_stands_for_itself_wherever_it_is_named(written: Any, meant: Any) -> None:
    assert settled(written) == meant


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ({"Ref": "Prefix"}, "parameter Prefix has no default and was not given"),
        ({"Fn::Sub": "${Prefix}-logs"}, "parameter Prefix has no default and was not given"),
        ({"Ref": "Stored"}, "parameter Stored is read from Systems Manager when it is deployed"),
        ({"Fn::ImportValue": "other"}, "import other is of a stack that is not given"),
        ({"Fn::ImportValue": {"Ref": "Prefix"}}, "which value is imported is not known: parameter Prefix"),
        ({"Fn::If": ["HasPrefix", "a", "b"]}, "condition HasPrefix cannot be told: parameter Prefix has no default"),
        ({"Fn::GetAtt": ["Made", "Arn"]}, "Arn of Made is made by other code when it is deployed"),
        ({"Ref": "Unmade"}, "resource Unmade is not made: its condition does not hold"),
        ({"Ref": "Nothing"}, "'Nothing' is neither a parameter nor a resource"),
        ({"Ref": "AWS::StackName"}, "AWS::StackName is known only when it is deployed"),
        ({"Fn::If": ["Round", "a", "b"]}, "refers back to itself"),
        ({"Fn::If": ["Nowhere", "a", "b"]}, "condition 'Nowhere' is not in the template"),
        ({"Fn::Transform": {"Name": "Mine"}}, "Fn::Transform is answered only when it is deployed"),
        ({"Fn::Transform": {"Name": "AWS::Include"}, "a": 1}, "Fn::Transform changes what stands beside it"),
        ({"Fn::GetAZs": ""}, "Fn::GetAZs is answered only when it is deployed"),
        ("{{resolve:ssm:/a/b}}", "a dynamic reference ({{resolve:ssm:/a/b}}) is read only when it is deployed"),
        ({"Fn::Select": [0, {"Ref": "Prefix"}]}, "parameter Prefix has no default"),
        ({"Fn::Select": [9, ["a"]]}, "Fn::Select is not written as CloudFormation asks: expected an index"),
        ({"Fn::Join": "x"}, "Fn::Join is not written as CloudFormation asks"),
        ({"Fn::Sub": {"a": 1}}, "Fn::Sub is not written as CloudFormation asks"),
        ({"Fn::Sub": "${Subnets}"}, "Fn::Sub is not written as CloudFormation asks: Subnets is not a text"),
        ({"Ref": ["a"]}, "Ref is not written as CloudFormation asks"),
        ({"Fn::FindInMap": ["Days", "prod", "keep"]}, "there is no mapping Days.prod.keep"),
    ],
)  # fmt: skip
def test_what_it_does_not_settle_is_unresolved_and_says_why(written: Any, reason: str) -> None:
    found = settled(written)
    assert isinstance(found, Unresolved)
    assert reason in found.reason


def test_only_the_part_that_is_not_known_is_unresolved() -> None:
    found = settled({"Status": "Enabled", "Prefix": {"Ref": "Prefix"}})
    assert found["Status"] == "Enabled"
    assert isinstance(found["Prefix"], Unresolved)


def test_a_parameter_that_is_given_wins_over_its_default() -> None:
    assert settled({"Fn::If": ["IsProd", {"Ref": "Prefix"}, "b"]}, Env="prod", Prefix="acme") == "acme"
    assert settled({"Ref": "Subnets"}, Subnets="x,y,z") == ["x", "y", "z"]


def test_the_key_of_a_parameter_kept_in_systems_manager_is_not_its_value() -> None:
    found = settled({"Ref": "Stored"}, Stored="/another/path")
    assert isinstance(found, Unresolved)
    assert "Systems Manager" in found.reason


def test_names_that_double_themselves_do_not_grow_without_bound() -> None:
    resources: dict[str, Any] = {"B0": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "ab"}}}
    for n in range(1, 40):
        doubled = {"BucketName": {"Fn::Sub": f"${{B{n - 1}}}${{B{n - 1}}}"}}
        resources[f"B{n}"] = {"Type": "AWS::S3::Bucket", "Properties": doubled}
    template = Template(Document("a.json", {"Resources": resources}))
    assert {item.name for item in template.items if item.logical_id == "B39"} == {"B39"}


def test_conditions_that_lead_on_and_on_are_unknown_not_a_crash() -> None:
    chain = {f"C{n}": {"Fn::Not": [{"Condition": f"C{n + 1}"}]} for n in range(3000)}
    bucket = {"Type": "AWS::S3::Bucket", "Condition": "C0"}
    [item] = Template(Document("a.json", {"Conditions": chain, "Resources": {"Data": bucket}})).items
    assert item.doubt is not None


FUNCTIONS = [
    "Ref", "Fn::GetAtt", "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::If", "Fn::FindInMap", "Fn::Equals",
    "Fn::Not", "Fn::And", "Fn::Or", "Condition", "Fn::ImportValue", "Fn::Base64", "Fn::Length", "Fn::ToJsonString",
    "Fn::Cidr", "Fn::ForEach::X", "Fn::Transform",
]  # fmt: skip
WORDS = ["A", "B", "C", "A.Arn", "${A}", "${B.Arn}-${P}", "P", "Q", "AWS::NoValue", "AWS::Region", "", "0", "a,b"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 5) | st.floats(allow_nan=False) | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(FUNCTIONS), inner, min_size=1, max_size=1)
        | st.dictionaries(st.sampled_from([*FUNCTIONS, "BucketName", "Status"]), inner, max_size=3)
    ),
    max_leaves=12,
)
TEMPLATES = st.fixed_dictionaries(
    {
        "Resources": st.dictionaries(
            st.sampled_from(["A", "B", "Fn::ForEach::R"]),
            st.fixed_dictionaries(
                {"Type": st.sampled_from(["AWS::S3::Bucket", "Custom::X"]), "Properties": ANYTHING},
                optional={"Condition": st.sampled_from("CDE")},
            )
            | ANYTHING,
            min_size=1,
        )
    },
    optional={
        "Conditions": st.dictionaries(st.sampled_from("CDE"), ANYTHING),
        "Parameters": st.dictionaries(st.sampled_from("PQ"), ANYTHING),
        "Mappings": st.dictionaries(st.sampled_from("AB"), ANYTHING),
        "Outputs": st.dictionaries(st.sampled_from("AB"), ANYTHING),
        "Transform": ANYTHING,
    },
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEMPLATES)
def test_no_template_whatever_does_more_than_raise_a_template_error(data: Any) -> None:
    try:
        template = Template(Document("a.json", data))
    except TemplateError:
        return
    for item in template.items:
        assert isinstance(item.name, str)
        assert not any(isinstance(part, Symbol) for part in item.properties.values())
    assert template.exported().keys() == template.exported().keys()
    assert template.lost is not None
    assert template.caveat is None or template.caveat
