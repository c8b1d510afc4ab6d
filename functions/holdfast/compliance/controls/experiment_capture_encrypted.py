"""What an inference experiment captures is encrypted with a key of ours."""

from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.inside import missing
from holdfast.compliance.reads.sagemaker import EXPERIMENT


def check(facts: Facts) -> Ruling:
    """Fail if data is captured without a KMS key."""
    experiment = facts[EXPERIMENT]
    if not experiment.get("DataStorageConfig"):
        return NotApplicable("it captures no data")
    return missing(experiment, "DataStorageConfig", "KmsKey")


CONTROL = Control(
    id="experiment_capture_encrypted",
    kind="sagemaker_inference_experiment",
    title="captured data is encrypted with a KMS key of ours",
    severity="medium",
    rationale="Captured requests and answers hold whatever people asked a model about.",
    advice="Update the inference experiment with DataStorageConfig.KmsKey.",
    references=("SageMaker.24", "Config sagemaker-inf-experiment-data-storage-kms-encrypted"),
    events=(),
    reads=(EXPERIMENT,),
    check=check,
)
