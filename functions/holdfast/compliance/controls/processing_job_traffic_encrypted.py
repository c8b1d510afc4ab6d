"""The containers of a processing job talk in secret."""

from holdfast.compliance.checks.job_settings import TRAFFIC, Distributed, traffic_encrypted
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import PROCESSING


def check(facts: Facts) -> Ruling:
    """Fail unless it is on, with one instance too, as long as nothing else is asked for."""
    job = facts[PROCESSING]
    cluster = (job.get("ProcessingResources") or {}).get("ClusterConfig") or {}
    return traffic_encrypted(job.get("NetworkConfig") or {}, cluster, facts.given(Distributed).distributed_only)


CONTROL = Control(
    id="processing_job_traffic_encrypted",
    kind="sagemaker_processing_job",
    title="traffic between the containers of the processing job is encrypted",
    severity="medium",
    rationale=TRAFFIC.rationale,
    advice=TRAFFIC.advice,
    references=(),
    events=(),
    reads=(PROCESSING,),
    check=check,
    parameters=Distributed,
)
