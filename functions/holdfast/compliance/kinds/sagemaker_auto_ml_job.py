"""An AutoML job, made by either version of the call; the second version describes both."""

from holdfast.compliance.facts import Fact
from holdfast.compliance.jobs import job, requested
from holdfast.compliance.kind import Properties
from holdfast.compliance.reads.sagemaker_jobs import AUTO_ML


def as_described(parameters: Properties) -> Fact:
    """Spell the request as DescribeAutoMLJobV2 answers, also one of the first version, which is of tabular data."""
    fact = requested(parameters)
    if "AutoMLProblemTypeConfig" in fact:
        return fact
    config = fact.pop("AutoMLJobConfig", {})
    criteria = {"CompletionCriteria": config.get("CompletionCriteria", {})}
    fact["AutoMLProblemTypeConfig"] = {"TabularJobConfig": criteria}
    return fact | ({"SecurityConfig": config["SecurityConfig"]} if "SecurityConfig" in config else {})


KIND = job(
    "sagemaker_auto_ml_job",
    noun="AutoML job",
    api="AutoMLJob",
    described=AUTO_ML,
    type_in_arn="automl-job",
    created_by=("CreateAutoMLJob", "CreateAutoMLJobV2"),
    request=as_described,
)
