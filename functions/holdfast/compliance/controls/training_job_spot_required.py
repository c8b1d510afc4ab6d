"""Training uses spot capacity where that is asked for."""

from holdfast.compliance.checks.costs import TABLE, monthly, rounded
from holdfast.compliance.checks.job_settings import HOUR, instances, is_on, types_of
from holdfast.compliance.control import Control, Costly, NotApplicable, Ruling
from holdfast.compliance.facts import Fact, Facts
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.prices.table import HOURS_A_MONTH
from holdfast.compliance.reads.sagemaker_jobs import TRAINING

DEFAULT_SECONDS = 86_400


class Spot(Parameters):
    """`spotRequired` says that training must use spot capacity."""

    spot_required: bool = False


def check(facts: Facts) -> Ruling:
    """Fail if a job pays for capacity on demand, where spot is required and could be had."""
    job = facts[TRAINING]
    resources = job.get("ResourceConfig") or {}
    if not facts.given(Spot).spot_required:
        return NotApplicable("spot training is not required: spotRequired is false")
    if is_on(job.get("EnableManagedSpotTraining")):
        return None
    if not types_of(resources) or resources.get("TrainingPlanArn"):
        return NotApplicable("it runs on no instances that can be had as spot")
    return Costly(f"trained on demand{_cost(job, resources, facts.resource.region)}", None)


def _cost(job: Fact, resources: Fact, region: str) -> str:
    """Say what the job costs once: all that it may run until what it ran is known."""
    stop = job.get("StoppingCondition") or {}
    billed = job.get("BillableTimeInSeconds")
    seconds = int(stop.get("MaxRuntimeInSeconds") or DEFAULT_SECONDS) if billed is None else int(billed)
    names = types_of(resources)
    whole = monthly(region, [(names[0], instances(resources))]) if len(names) == 1 else None
    if whole is None:
        return f"; the cost of {', '.join(names)} is not in the {TABLE}"
    usd = rounded(whole / HOURS_A_MONTH * seconds / HOUR)
    most = "up to " if billed is None else ""
    return f": {most}about {usd:,.{0 if usd >= 10 else 2}f} USD for the job, of which spot saves up to 90 % ({TABLE})"


CONTROL = Control(
    id="training_job_spot_required",
    kind="sagemaker_training_job",
    title="training uses spot capacity where that is required",
    severity="low",
    rationale="Managed spot training costs up to 90 % less than training on demand.",
    advice="Start the job with EnableManagedSpotTraining, a MaxWaitTimeInSeconds and a CheckpointConfig.",
    references=(),
    events=(),
    reads=(TRAINING,),
    check=check,
    parameters=Spot,
    optional=True,
)
