"""Targets' input, from the EventBridge user guide, "Amazon EventBridge input transformation"."""

import json
from typing import Any

import pytest

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.target_input import TargetInput

EVENT: dict[str, Any] = {
    "version": "0",
    "id": "7bf73129-1428-4cd3-a780-95db273d1602",
    "detail-type": "EC2 Instance State-change Notification",
    "source": "aws.ec2",
    "time": "2015-11-11T21:29:54Z",
    "resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"],
    "detail": {"instance-id": "i-0123456789", "state": "RUNNING", "cpus": 4, "tags": {"team": "ml"}, "none": None},
}
PATHS = {"timestamp": "$.time", "instance": "$.detail.instance-id", "state": "$.detail.state", "cpus": "$.detail.cpus"}
RULE = "arn:aws:events:us-east-2:123456789012:rule/example"


def render(target: dict[str, Any]) -> str:
    return TargetInput.parse(target).render(EVENT, rule_arn=RULE, ingestion_time="2015-11-11T21:29:55Z")


def transformed(template: str, **paths: str) -> str:
    return render({"InputTransformer": {"InputPathsMap": PATHS | paths, "InputTemplate": template}})


def test_without_settings_the_target_receives_the_event() -> None:
    assert json.loads(render({"Arn": "arn:aws:sqs:us-east-1:123456789012:q", "Id": "Target0"})) == EVENT


def test_a_constant_is_received_as_it_is_written() -> None:
    assert render({"Input": '{ "sweep": true }'}) == '{ "sweep": true }'


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$", EVENT),
        ("$.detail", EVENT["detail"]),
        ("$.detail.instance-id", "i-0123456789"),
        ("$.resources[0]", EVENT["resources"][0]),
        ("$.resources[*]", EVENT["resources"]),
        ("$.detail.tags.*", ["ml"]),
        ("$.detail.none", None),
    ],
)
def test_a_path_picks_a_part_of_the_event(path: str, expected: object) -> None:
    assert json.loads(render({"InputPath": path})) == expected


def test_a_path_that_finds_nothing_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match=r"\$\.detail\.missing finds nothing"):
        render({"InputPath": "$.detail.missing"})


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('"instance <instance> is in <state>"', '"instance i-0123456789 is in RUNNING"'),
        (r'"instance \"<instance>\" is in <state>"', r'"instance \"i-0123456789\" is in RUNNING"'),
        ('{\n "instance" : <instance>,\n "state": <state>\n}', '{"instance":"i-0123456789","state":"RUNNING"}'),
        (
            r'{"instance" : <instance>, "state": "<state>", "instanceStatus": "instance \"<instance>\" is in <state>"}',
            r'{"instance":"i-0123456789","state":"RUNNING","instanceStatus":"instance \"i-0123456789\" is in RUNNING"}',
        ),
        (
            '{ "instance" : <instance>, "state": [ 9, <state>, true ], "Transformed" : "Yes" }',
            '{"instance":"i-0123456789","state":[9,"RUNNING",true],"Transformed":"Yes"}',
        ),
        (
            '{ "ruleArn" : <aws.events.rule-arn>, "ruleName" : <aws.events.rule-name> }',
            f'{{"ruleArn":"{RULE}","ruleName":"example"}}',
        ),
        ('"<aws.events.rule-name> triggered"', '"example triggered"'),
        ('{"at":<aws.events.event.ingestion-time>}', '{"at":"2015-11-11T21:29:55Z"}'),
        ('{"cpus":<cpus>,"said":"<cpus> cpus"}', '{"cpus":4,"said":"4 cpus"}'),
        ('{"less":"1 < 2"}', '{"less":"1 < 2"}'),
    ],
)
def test_a_template_is_filled_as_the_user_guide_shows(template: str, expected: str) -> None:
    assert transformed(template) == expected


def test_the_whole_event_is_known_to_templates() -> None:
    without_detail = {name: value for name, value in EVENT.items() if name != "detail"}
    assert json.loads(transformed('{"e": <aws.events.event>}')) == {"e": without_detail}
    assert json.loads(transformed('{"e": <aws.events.event.json>}')) == {"e": EVENT}


def test_objects_and_nulls_keep_their_kind() -> None:
    assert json.loads(transformed('{"t": <tags>}', tags="$.detail.tags")) == {"t": {"team": "ml"}}
    assert json.loads(transformed('{"n": <none>}', none="$.detail.none")) == {"n": None}


def test_what_a_path_does_not_find_is_left_out() -> None:
    assert transformed('"<gone>instance <instance>"', gone="$.detail.gone") == '"instance i-0123456789"'


def test_values_are_not_escaped() -> None:
    target = TargetInput.parse({"InputTransformer": {"InputPathsMap": {"s": "$.s"}, "InputTemplate": '"<s>"'}})
    with pytest.raises(ConfigurationError, match="is not JSON"):
        target.render({"s": 'a "quote"'}, rule_arn=RULE, ingestion_time="")


@pytest.mark.parametrize(
    ("target", "complaint"),
    [
        ({"Input": "{}", "InputPath": "$"}, "takes one of"),
        ({"Input": "not json"}, "JSON text"),
        ({"InputPath": "detail"}, "starts with"),
        ({"InputPath": "$['detail']"}, "starts with"),
        ({"InputTransformer": {"InputPathsMap": {}}}, "has an InputTemplate"),
        ({"InputTransformer": {"InputTemplate": "no quotes"}}, "strings need quotes"),
        ({"InputTransformer": {"InputTemplate": '"<unknown>"'}}, "does not define: unknown"),
        ({"InputTransformer": {"InputPathsMap": {"a": "$.a"}, "InputTemplate": '{"<a>": 1}'}}, "name of a field"),
        ({"InputTransformer": {"InputPathsMap": {"AWS.x": "$.a"}, "InputTemplate": "{}"}}, "do not start with AWS"),
        (
            {"InputTransformer": {"InputPathsMap": {f"v{i}": "$" for i in range(101)}, "InputTemplate": "{}"}},
            "at most 100",
        ),
    ],
)
def test_settings_that_make_no_sense_are_refused(target: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        TargetInput.parse(target)
