"""What there is of SageMaker in a Region, taken together."""

from holdfast.compliance.facts import Ask, Call, Fact, Read
from holdfast.compliance.inside import at
from holdfast.compliance.reads.sagemaker_jobs import PROCESSING

PAGE = {"PageSize": 100}
CLARIFY_IMAGE = "sagemaker-clarify-processing"
MOST_JOBS = 500

_JOBS = Call("sagemaker", "list_processing_jobs", "sagemaker:ListProcessingJobs")
_SCHEDULES = Call("sagemaker", "list_monitoring_schedules", "sagemaker:ListMonitoringSchedules")
_GROUPS = Call("sagemaker", "list_model_package_groups", "sagemaker:ListModelPackageGroups")
_PACKAGES = Call("sagemaker", "list_model_packages", "sagemaker:ListModelPackages")


def _clarify(ask: Ask) -> Fact:
    looked = 0
    for page in ask.pages(_JOBS, SortBy="CreationTime", SortOrder="Descending", PaginationConfig=PAGE):
        for summary in page.get("ProcessingJobSummaries", []):
            if looked == MOST_JOBS:
                return {"Looked": looked, "IsAll": False}
            name, looked = summary["ProcessingJobName"], looked + 1
            image = at(ask(PROCESSING.calls[0], ProcessingJobName=name), "AppSpecification", "ImageUri") or ""
            if CLARIFY_IMAGE in image:
                return {"Job": name, "Looked": looked, "IsAll": False}
    return {"Looked": looked, "IsAll": True}


CLARIFY_JOB = Read("clarify_job", (_JOBS, *PROCESSING.calls), _clarify)
"""The newest processing job with the image of SageMaker Clarify, and among how many it was sought."""


def _statuses(ask: Ask) -> Fact:
    found = set()
    for page in ask.pages(_SCHEDULES, PaginationConfig=PAGE):
        found |= {
            summary.get("MonitoringScheduleStatus", "") for summary in page.get("MonitoringScheduleSummaries", [])
        }
        if "Scheduled" in found:
            break
    return {"Statuses": sorted(found)}


SCHEDULES = Read("monitoring_schedules", (_SCHEDULES,), _statuses)
"""The statuses in which there are monitoring schedules."""


def _summary(ask: Ask) -> Fact:
    for page in ask.pages(_SCHEDULES, PaginationConfig=PAGE):
        for summary in page.get("MonitoringScheduleSummaries", []):
            if summary.get("MonitoringScheduleName") == ask.resource.name:
                return dict(summary)
    return {}


LISTED_SCHEDULE = Read("listed_monitoring_schedule", (_SCHEDULES,), _summary)
"""What the list says of a monitoring schedule, for where it may be listed and not described."""


def _registry(ask: Ask) -> Fact:
    groups = (page.get("ModelPackageGroupSummaryList") for page in ask.pages(_GROUPS, PaginationConfig=PAGE))
    if not any(groups):
        return {"HasGroups": False, "HasApproved": False}
    asked = {"ModelPackageType": "Versioned", "ModelApprovalStatus": "Approved", "PaginationConfig": PAGE}
    approved = (page.get("ModelPackageSummaryList") for page in ask.pages(_PACKAGES, **asked))
    return {"HasGroups": True, "HasApproved": any(approved)}


REGISTRY = Read("model_registry", (_GROUPS, _PACKAGES), _registry)
"""Whether the model registry has groups, and an approved model in one of them."""
