"""The containers of a tuning job talk in secret."""

from holdfast.compliance.checks.job_settings import TRAFFIC, Distributed, every, traffic_encrypted
from holdfast.compliance.checks.tuning_definitions import definitions, resources_of
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TUNING


def check(facts: Facts) -> Ruling:
    """Fail unless it is on in every definition, with one instance too, as long as nothing else is asked for."""
    only = facts.given(Distributed).distributed_only
    return every(definitions(facts[TUNING]), lambda job: traffic_encrypted(job, resources_of(job), only))


CONTROL = Control(
    id="tuning_job_traffic_encrypted",
    kind="sagemaker_tuning_job",
    title="traffic between the containers of the tuning job is encrypted",
    severity="medium",
    rationale=TRAFFIC.rationale,
    advice=TRAFFIC.advice,
    references=(),
    events=(),
    reads=(TUNING,),
    check=check,
    parameters=Distributed,
)
