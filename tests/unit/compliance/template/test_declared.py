from typing import Any

import pytest

from holdfast.compliance.partial import Unresolved
from holdfast.compliance.template.declared import Template
from holdfast.compliance.template.document import Document, TemplateError, read


def template(resources: Any, **sections: Any) -> Template:
    return Template(Document("a.yaml", {"Resources": resources, **sections}))


def bucket(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": properties}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a.yaml:1: no CloudFormation template"),
        ("just text", "a.yaml:1: no CloudFormation template"),
        ("a: 1", "a.yaml:1: no CloudFormation template"),
        ("Resources: {}", "a.yaml:1: no CloudFormation template"),
        ("Resources:\n  Data: text", "a.yaml:2: resource Data: expected a mapping with a Type"),
        ("Resources:\n  Data: {Type: 3}", "a.yaml:2: resource Data: expected a mapping with a Type"),
        ("Resources:\n  Data:\n    Type: A\n    Properties: [1]", "a.yaml:4: properties of Data: expected a mapping"),
        ("Parameters: [1]\nResources: {Data: {Type: A}}", "a.yaml:1: Parameters: expected a mapping"),
    ],
)
def test_what_is_no_template_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Template(read(text.encode(), "a.yaml"))
    assert str(caught.value).startswith(said)


def test_a_resource_whose_condition_is_false_is_not_there() -> None:
    found = template(
        {"A": bucket() | {"Condition": "Never"}, "B": bucket()}, Conditions={"Never": {"Fn::Equals": [1, 2]}}
    )
    assert [item.logical_id for item in found.items] == ["B"]


def test_a_resource_whose_condition_cannot_be_told_is_there_and_says_so() -> None:
    found = template(
        {"A": bucket() | {"Condition": "Asked"}},
        Parameters={"Wanted": {"Type": "String"}},
        Conditions={"Asked": {"Fn::Equals": [{"Ref": "Wanted"}, "yes"]}},
    )
    assert [item.doubt for item in found.items] == ["parameter Wanted has no default and was not given"]


def test_a_loop_is_written_out() -> None:
    loop = {
        "Fn::ForEach::Buckets": [
            "Name",
            {"Ref": "Names"},
            {
                "Bucket${Name}": bucket(
                    BucketName={"Fn::Sub": "acme-${Name}"}, Tags=[{"Key": "n", "Value": {"Ref": "Name"}}]
                )
            },
        ]
    }
    found = template(loop, Parameters={"Names": {"Type": "CommaDelimitedList", "Default": "raw,clean"}})
    assert [(item.logical_id, item.name) for item in found.items] == [
        ("Bucketraw", "acme-raw"),
        ("Bucketclean", "acme-clean"),
    ]
    assert found.items[0].properties["Tags"] == [{"Key": "n", "Value": "raw"}]
    assert found.lost == {}


def test_loops_stand_within_loops() -> None:
    inner = {"Fn::ForEach::In": ["B", ["x", "y"], {"Bucket${A}${B}": bucket()}]}
    found = template({"Fn::ForEach::Out": ["A", ["1", "2"], inner]})
    assert [item.logical_id for item in found.items] == ["Bucket1x", "Bucket1y", "Bucket2x", "Bucket2y"]


@pytest.mark.parametrize(
    ("loop", "reason"),
    [
        (["Name", {"Ref": "Names"}, {"B${Name}": {}}], "parameter Names has no default and was not given"),
        (["Name", "text", {"B${Name}": {}}], "its collection is not a list of texts"),
        ("text", "it is not written as CloudFormation asks"),
        (["N", [str(n) for n in range(9999)], {f"B{n}${{N}}": {} for n in range(99)}], "the template's loops write"),
    ],
)  # fmt: skip
def test_a_loop_that_cannot_be_written_out_is_not_passed_over(loop: Any, reason: str) -> None:
    found = template({"Fn::ForEach::Many": loop}, Parameters={"Names": {"Type": "CommaDelimitedList"}})
    [(place, said)] = found.lost.items()
    assert place == ("Resources", "Fn::ForEach::Many")
    assert reason in said


def test_an_include_among_the_resources_is_not_passed_over() -> None:
    found = template({"A": bucket(), "Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://a/b"}}})
    assert found.lost == {("Resources", "Fn::Transform"): "Fn::Transform adds resources only when it is deployed"}


@pytest.mark.parametrize("harmless", ["AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"])
def test_macros_of_aws_that_leave_resources_alone_are_no_caveat(harmless: str) -> None:
    assert template({"A": bucket()}, Transform=[harmless]).caveat is None


def test_any_other_macro_is_a_caveat() -> None:
    assert template({"A": bucket()}, Transform=["Mine"]).caveat == "macro Mine may change it before it is deployed"


@pytest.mark.parametrize(
    ("properties", "meant"),
    [
        ({"ObjectLockEnabled": "true"}, {"ObjectLockEnabled": True}),
        ({"EnableNetworkIsolation": "False"}, {"EnableNetworkIsolation": False}),
        ({"InitialInstanceCount": "2"}, {"InitialInstanceCount": 2}),
        ({"ExpirationInDays": "30"}, {"ExpirationInDays": 30}),
        ({"RootAccess": "Enabled"}, {"RootAccess": "Enabled"}),
        ({"Tags": [{"Key": "IsEnabled", "Value": "true"}]}, {"Tags": [{"Key": "IsEnabled", "Value": "true"}]}),
    ],
)
def test_booleans_and_numbers_may_be_written_as_text(properties: Any, meant: Any) -> None:
    assert template({"A": bucket(**properties)}).items[0].properties == meant


def test_properties_of_which_nothing_is_known_are_each_unresolved() -> None:
    found = template({"A": bucket(BucketEncryption={}, **{"Fn::Transform": {"Name": "AWS::Include"}})}).items[0]
    assert found.unread == "Fn::Transform changes what stands beside it"
    assert isinstance(found.properties.get("VersioningConfiguration"), Unresolved)
    assert isinstance(found.properties["BucketEncryption"], Unresolved)


def test_the_account_and_the_region_are_what_is_given() -> None:
    document = Document("a.yaml", {"Resources": {"A": bucket(BucketName={"Fn::Sub": "data-${AWS::AccountId}"})}})
    found = Template(document, {"AWS::AccountId": "111122223333", "AWS::Region": "cn-north-1"})
    assert found.items[0].name == "data-111122223333"
    assert (found.around.region, found.around.partition) == ("cn-north-1", "aws-cn")


def test_a_stack_tells_what_it_exports() -> None:
    outputs = {
        "Arn": {"Value": {"Fn::GetAtt": ["A", "Arn"]}, "Export": {"Name": "data-arn"}},
        "Unknown": {"Value": {"Ref": "AWS::StackName"}, "Export": {"Name": "stack"}},
        "Local": {"Value": "x"},
    }
    assert template({"A": bucket(BucketName="data")}, Outputs=outputs).exported() == {"data-arn": "arn:aws:s3:::data"}
