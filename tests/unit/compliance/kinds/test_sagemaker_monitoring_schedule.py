import pytest

from holdfast.compliance.facts import Unread
from holdfast.compliance.kinds.sagemaker_monitoring_schedule import KIND
from holdfast.compliance.partial import Unresolved
from holdfast.compliance.reads.sagemaker_linked import SCHEDULED_DEFINITION
from tests.unit.compliance.sagemaker_calls import declared, named, tagged


@pytest.mark.parametrize(
    "call",
    [
        "CreateMonitoringSchedule",
        "UpdateMonitoringSchedule",
        "StartMonitoringSchedule",
        "StopMonitoringSchedule",
        "DeleteMonitoringSchedule",
    ],
)
def test_a_call_that_makes_or_changes_it_names_it(call: str) -> None:
    assert named(KIND, call, monitoringScheduleName="hourly") == ["hourly"]


def test_only_its_own_tags_change_it() -> None:
    assert tagged(KIND, "monitoring-schedule/hourly") == ["hourly"]
    assert tagged(KIND, "monitoring-schedule-of-another-type/hourly") == []


ISOLATED = {"NetworkConfig": {"EnableNetworkIsolation": True}}


def test_its_job_definition_is_the_one_it_holds() -> None:
    said = declared(KIND, {"MonitoringScheduleConfig": {"MonitoringJobDefinition": ISOLATED}})
    assert said[SCHEDULED_DEFINITION] == ISOLATED
    assert declared(KIND, {"MonitoringScheduleConfig": {}})[SCHEDULED_DEFINITION] == {}


@pytest.mark.parametrize(
    "name",
    ["Watch", "Watch.JobDefinitionName", "arn:aws:sagemaker:eu-west-1:123456789012:data-quality-job-definition/Watch"],
)
def test_its_job_definition_is_the_one_of_the_template_that_it_names(name: str) -> None:
    schedule = {"MonitoringScheduleConfig": {"MonitoringJobDefinitionName": name, "MonitoringType": "DataQuality"}}
    definition = ("AWS::SageMaker::DataQualityJobDefinition", ISOLATED)
    assert declared(KIND, schedule, Watch=definition)[SCHEDULED_DEFINITION] == ISOLATED
    assert isinstance(declared(KIND, schedule, Other=definition)[SCHEDULED_DEFINITION], Unread)


@pytest.mark.parametrize("key", ["MonitoringJobDefinition", "MonitoringJobDefinitionName"])
def test_what_the_template_does_not_settle_is_not_known(key: str) -> None:
    unknown = Unresolved("a parameter that nobody gave")
    for config in (unknown, {key: unknown}):
        assert declared(KIND, {"MonitoringScheduleConfig": config})[SCHEDULED_DEFINITION] == Unread(unknown.reason)
