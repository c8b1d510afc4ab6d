import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.compliance.template.document import MOST_BYTES, MOST_DEPTH, Document, TemplateError, read


def of(text: str) -> Document:
    return read(text.encode(), "stack.yaml")


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref Bucket", {"Ref": "Bucket"}),
        ("!Condition IsProd", {"Condition": "IsProd"}),
        ("!GetAtt Bucket.Arn", {"Fn::GetAtt": "Bucket.Arn"}),
        ("!GetAtt [Bucket, Arn]", {"Fn::GetAtt": ["Bucket", "Arn"]}),
        ("!Sub '${Bucket}/*'", {"Fn::Sub": "${Bucket}/*"}),
        ("!Join [':', [a, !Ref B]]", {"Fn::Join": [":", ["a", {"Ref": "B"}]]}),
        ("!If [IsProd, !Ref A, !Ref AWS::NoValue]", {"Fn::If": ["IsProd", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]}),
        ("!Select [0, !GetAZs '']", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}),
        ("!Transform {Name: AWS::Include}", {"Fn::Transform": {"Name": "AWS::Include"}}),
        ("!ImportValue shared-key", {"Fn::ImportValue": "shared-key"}),
    ],
)
def test_a_short_tag_is_the_function_it_stands_for(short: str, long: object) -> None:
    assert of(f"Value: {short}").data == {"Value": long}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2012-10-17", "2012-10-17"),
        ("012345678901", "012345678901"),
        ("yes", True),
        ("'true'", "true"),
        ("12", 12),
        ("~", None),
        ("1.5", 1.5),
        ("s3:*", "s3:*"),
    ],
)
def test_a_scalar_is_what_cloudformation_takes_it_for(written: str, meant: object) -> None:
    assert of(f"Value: {written}").data == {"Value": meant}


def test_yaml_knows_the_line_of_every_property() -> None:
    document = of("Resources:\n  Data:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: !Ref Name\n")
    assert document.line("Resources", "Data") == 2
    assert document.line("Resources", "Data", "Properties", "BucketName") == 5
    assert document.line("Resources", "Data", "Properties", "Tags") == 4


def test_json_knows_the_line_of_every_property() -> None:
    document = read(
        b'{"Resources": {\n\t"Data": {"Type": "AWS::S3::Bucket",\n"Properties": {\n"Tags": []}}}}', "a.json"
    )
    assert document.data == {"Resources": {"Data": {"Type": "AWS::S3::Bucket", "Properties": {"Tags": []}}}}
    assert document.line("Resources", "Data") == 2
    assert document.line("Resources", "Data", "Properties", "Tags") == 4


def test_a_byte_order_mark_is_no_text() -> None:
    assert read(b'\xef\xbb\xbf{"Resources": {}}', "a.json").data == {"Resources": {}}


def test_aliases_and_merges_are_followed() -> None:
    written = "a: &a {x: 1, y: 2}\nb: *a\nc:\n  <<: *a\n  y: 3\n"
    assert of(written).data == {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 2}, "c": {"x": 1, "y": 3}}


def test_a_billion_laughs_are_cut_short() -> None:
    laughs = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    laughs += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(TemplateError, match=r"stack\.yaml:\d+: more than \d+ values"):
        of("\n".join(laughs))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1, 2", r"stack\.yaml:2: not YAML"),
        ("a:\n\tb: 1", r"stack\.yaml:2: not YAML"),
        ("a: 1\nb: 2\na: 3", r"stack\.yaml:3: a is said twice"),
        ("a: !Secret x", r"stack\.yaml:1: tag !Secret is none of CloudFormation's"),
        ("a: !!python/object/apply:os.system [ls]", r"stack\.yaml:1: tag tag:yaml.org,2002:python"),
        ("? [a, b]\n: c", r"stack\.yaml:1: expected a plain key"),
        ("a: &a [*a]", r"stack\.yaml:1: nested deeper"),
        ("--- 1\n--- 2", r"stack\.yaml:2: not YAML"),
        ("a: \x01", r"stack\.yaml:1: not YAML"),
        (f"a: {'[' * (MOST_DEPTH + 1)}", r"stack\.yaml:1: nested deeper"),
        (f"a: {'9' * 5000}", r"stack\.yaml:1: not YAML"),
        ('{"a": 1,}', r"stack\.yaml:1: not JSON: expected a text in quotes, got }"),
        ('{\n"a": 1\n"b": 2}', r"stack\.yaml:3: not JSON: expected ','"),
        ('{"a": NaN}', r"stack\.yaml:1: not JSON: expected a value, got NaN"),
        ('{"a": 1e999}', r"stack\.yaml:1: not JSON: expected a number that can be kept"),
        ('{"a": 1, "a": 2}', r"stack\.yaml:1: not JSON: a is said twice"),
        ('{"a": "\\ud8"}', r"stack\.yaml:1: not JSON"),
        ('{"a": 1} x', r"stack\.yaml:1: not JSON: expected the end of the file, got x"),
        ('{"a": ', r"stack\.yaml:1: not JSON: expected a value, got the end of the file"),
        ('{"a":' * (MOST_DEPTH + 1), r"stack\.yaml:1: nested deeper"),
        (" " * (MOST_BYTES + 1), r"stack\.yaml:1: \d+ bytes, expected at most"),
    ],
)
def test_what_is_hostile_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        of(text)


def test_what_is_not_text_is_refused_with_its_line() -> None:
    with pytest.raises(TemplateError, match=r"a\.yaml:2: not UTF-8 text at byte 5"):
        read(b"a: 1\n\xff\xfe", "a.yaml")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_json_is_read_as_python_reads_it(value: dict[str, object]) -> None:
    import json

    for written in (json.dumps(value), json.dumps(value, indent=2, ensure_ascii=False)):
        assert read(written.encode("utf-8", "surrogatepass"), "a.json").data == value


@given(st.binary(max_size=200) | st.text(alphabet="{}[]\"':,!&*-? \n\tabR0<", max_size=80).map(str.encode))
def test_no_bytes_do_more_than_raise_a_template_error(content: bytes) -> None:
    try:
        read(content, "stack.yaml")
    except TemplateError as error:
        assert str(error).startswith("stack.yaml:")  # noqa: PT017
