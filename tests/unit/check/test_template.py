import json
from pathlib import Path
from typing import Any

import pytest

from holdfast.compliance.formats.judged import JudgedFinding
from holdfast.compliance.rulebook import Everything
from holdfast.compliance.template.document import TemplateError
from holdfast_console.check.template import findings, parameters_in
from tests.conftest import NOON

BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}}


def template(**resources: Any) -> str:
    return json.dumps({"Resources": resources})


def judged(*paths: Path, parameters: dict[str, Any] | None = None) -> list[JudgedFinding]:
    return list(findings(paths, Everything(), now=NOON, parameters=parameters))


def verdict(found: list[JudgedFinding], logical_id: str, control: str) -> str:
    [one] = [one for one in found if (one.logical_id, one.control) == (logical_id, control)]
    return one.verdict


def test_a_finding_names_its_file_line_and_logical_id(tmp_path: Path) -> None:
    path = tmp_path / "stack.yaml"
    path.write_text("Resources:\n  Data:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: ml-data\n")
    found = next(one for one in judged(path) if one.control == "versioning_enabled")
    assert (found.file, found.line, found.logical_id) == (str(path), 2, "Data")
    assert (found.resource, found.resource_type, found.verdict) == ("ml-data", "AWS::S3::Bucket", "fail")
    assert found.arn is None


def test_several_files_and_folders_are_judged_and_other_files_let_be(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "values.yaml").write_text("a: [broken")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.template").write_text(template(A=BUCKET))
    (tmp_path / "b.json").write_text(template(B=BUCKET))
    single = tmp_path.parent / "single.yaml"
    single.write_text(template(C=BUCKET))
    assert {one.logical_id for one in judged(tmp_path, single)} == {"A", "B", "C"}


def test_a_folder_without_templates_is_an_error_not_a_pass(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}")
    with pytest.raises(TemplateError, match="no template in this folder"):
        judged(tmp_path)


@pytest.mark.parametrize(
    "text", ["", "{}", "hello", "a: 1", '{"Resources": []}', "\x00\x01", '{"Resources": {"A": 1}}']
)
def test_a_file_that_is_no_template_is_an_error_not_a_pass(tmp_path: Path, text: str) -> None:
    path = tmp_path / "stack.json"
    path.write_text(text)
    with pytest.raises(TemplateError, match=r"stack\.json:1: "):
        judged(path)


def assembly(folder: Path, stacks: dict[str, str], nested: tuple[str, ...] = (), environment: str = "") -> Path:
    """Lay a folder out as `cdk synth` does."""
    folder.mkdir(exist_ok=True)
    artifacts: dict[str, Any] = {"Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}}
    for name, text in stacks.items():
        (folder / f"{name}.template.json").write_text(text)
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": environment or "aws://unknown-account/unknown-region",
            "properties": {"templateFile": f"{name}.template.json", "stackName": f"prod-{name}"},
        }
    for name in nested:
        artifacts[name] = {"type": "cdk:cloud-assembly", "properties": {"directoryName": name}}
    (folder / "manifest.json").write_text(json.dumps({"version": "48.0.0", "artifacts": artifacts}))
    return folder


def test_a_cdk_folder_is_judged_with_its_stages(tmp_path: Path) -> None:
    out = assembly(tmp_path / "cdk.out", {"App": template(A=BUCKET)}, ("assembly-Prod",))
    assembly(out / "assembly-Prod", {"Prod": template(B=BUCKET)})
    assert {one.logical_id for one in judged(out)} == {"A", "B"}


def test_the_cdk_knows_account_region_and_name_of_a_stack(tmp_path: Path) -> None:
    named = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": "${AWS::StackName}-${AWS::Region}"}}}
    out = assembly(tmp_path / "cdk.out", {"App": template(A=named)}, environment="aws://111122223333/eu-west-1")
    found = judged(out)[0]
    assert (found.resource, found.account, found.region) == ("prod-App-eu-west-1", "111122223333", "eu-west-1")


def test_a_stack_sees_what_another_exports(tmp_path: Path) -> None:
    status = {"Outputs": {"O": {"Value": "Enabled", "Export": {"Name": "status"}}}, "Resources": {"A": BUCKET}}
    importing = {"VersioningConfiguration": {"Status": {"Fn::ImportValue": "status"}}}
    other = template(B={"Type": "AWS::S3::Bucket", "Properties": importing})
    out = assembly(tmp_path / "cdk.out", {"One": json.dumps(status), "Two": other})
    assert verdict(judged(out), "B", "versioning_enabled") == "pass"


def test_a_nested_stack_gets_the_parameters_of_its_parent(tmp_path: Path) -> None:
    inner = {
        "Parameters": {"Status": {"Type": "String"}, "Other": {"Type": "String", "Default": "Enabled"}},
        "Resources": {
            "B": {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": {"Ref": "Status"}}}},
            "C": {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": {"Ref": "Other"}}}},
        },
    }
    stack = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"Parameters": {"Status": "Enabled", "Other": {"Fn::ImportValue": "elsewhere"}}},
        "Metadata": {"aws:asset:path": "Inner.nested.template.json"},
    }  # fmt: skip
    out = assembly(tmp_path / "cdk.out", {"App": template(A=BUCKET, Inner=stack)})
    (out / "Inner.nested.template.json").write_text(json.dumps(inner))
    found = judged(out)
    assert verdict(found, "A", "versioning_enabled") == "pass"
    assert verdict(found, "B", "versioning_enabled") == "pass"
    assert verdict(found, "C", "versioning_enabled") == "unknown"


def test_stacks_nested_in_themselves_come_to_an_end(tmp_path: Path) -> None:
    stack = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {},
        "Metadata": {"aws:asset:path": "App.template.json"},
    }
    out = assembly(tmp_path / "cdk.out", {"App": template(A=BUCKET, Inner=stack)})
    with pytest.raises(TemplateError, match="nested deeper"):
        judged(out)


STACK = '{"artifacts": {"A": {"type": "aws:cloudformation:stack", "properties": %s}}}'
STAGE = '{"artifacts": {"A": {"type": "cdk:cloud-assembly", "properties": %s}}}'


@pytest.mark.parametrize(
    "manifest",
    [
        "[]",
        "{}",
        '{"artifacts": {}}',
        '{"artifacts": {"A": 1}}',
        "not json",
        STACK % '{"templateFile": "../../x"}',
        STACK % "{}",
        STAGE % '{"directoryName": "."}',
    ],
)
def test_a_manifest_that_leads_nowhere_is_an_error_not_a_pass(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(TemplateError, match=r"manifest\.json:1: "):
        judged(tmp_path)


def test_resources_that_cannot_be_known_are_a_finding_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "stack.yaml"
    path.write_text(
        "Transform: AWS::LanguageExtensions\n"
        "Parameters: {Names: {Type: CommaDelimitedList}}\n"
        "Resources:\n"
        "  Fn::ForEach::Buckets: [Name, !Ref Names, {'Bucket${Name}': {Type: AWS::S3::Bucket}}]\n"
    )
    [found] = judged(path)
    assert (found.verdict, found.line, found.control) == ("unknown", 4, "template_resolved")
    assert "parameter Names has no default and was not given" in found.reason
    assert len({one.logical_id for one in judged(path, parameters={"Names": "Raw,Clean"})}) == 2


@pytest.mark.parametrize(
    "written",
    [
        '{"Status": "Enabled"}',
        "Status: Enabled",
        '[{"ParameterKey": "Status", "ParameterValue": "Enabled"}]',
        '{"Parameters": {"Status": "Enabled"}, "Tags": {}}',
    ],
)
def test_parameters_are_read_in_the_shapes_that_people_keep_them_in(tmp_path: Path, written: str) -> None:
    path = tmp_path / "parameters.json"
    path.write_text(written)
    assert parameters_in(path) == {"Status": "Enabled"}


@pytest.mark.parametrize("written", ["", "[1]", "text", '{"a": {"b": 1}}'])
def test_parameters_in_no_known_shape_are_refused(tmp_path: Path, written: str) -> None:
    path = tmp_path / "parameters.json"
    path.write_text(written)
    with pytest.raises(TemplateError, match=r"parameters\.json:1: expected parameters by name"):
        parameters_in(path)
