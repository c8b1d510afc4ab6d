"""SageMaker's jobs: training, processing and transform jobs as Prowler judges them."""

import pytest

from tests.conformance.buckets import refused
from tests.conformance.case import KEY, UNREACHABLE, Case, Suite, agrees
from tests.conformance.played import CLUSTER, VPC, processing, training, transform

pytestmark = pytest.mark.xdist_group("conformance_sagemaker_jobs")

PROWLER, UNREAD = "Prowler tests", "issue: unread facts"
TRAINING = "Prowler sagemaker_training_jobs_"
VOLUME = {"ResourceConfig": {**CLUSTER, "VolumeKmsKeyId": KEY}}
ROWS = (
    (f"{TRAINING}vpc_settings_configured", "no VPC", "fail", training()),
    (f"{TRAINING}vpc_settings_configured", "a VPC", "pass", training(VpcConfig=VPC)),
    (f"{TRAINING}network_isolation_enabled", "not said", "fail", training()),
    (f"{TRAINING}network_isolation_enabled", "off", "fail", training(EnableNetworkIsolation=False)),
    (f"{TRAINING}network_isolation_enabled", "on", "pass", training(EnableNetworkIsolation=True)),
    (f"{TRAINING}intercontainer_encryption_enabled", "not said", "fail", training()),
    (f"{TRAINING}intercontainer_encryption_enabled", "off", "fail",
     training(EnableInterContainerTrafficEncryption=False)),
    (f"{TRAINING}intercontainer_encryption_enabled", "on", "pass",
     training(EnableInterContainerTrafficEncryption=True)),
    (f"{TRAINING}volume_and_output_encryption_enabled", "no key", "fail", training()),
    (f"{TRAINING}volume_and_output_encryption_enabled", "a key for the volume", "pass", training(**VOLUME)),
    (f"{TRAINING}volume_and_output_encryption_enabled", "a key for the output only", "fail",
     training(OutputDataConfig={"S3OutputPath": "s3://out/", "KmsKeyId": KEY})),
    ("Prowler sagemaker_processing_job_volume_encrypted_with_cmk", "no key", "fail", processing()),
    ("Prowler sagemaker_processing_job_volume_encrypted_with_cmk", "a key", "pass",
     processing(ProcessingResources={"ClusterConfig": {**CLUSTER, "VolumeKmsKeyId": KEY}})),
    ("Prowler sagemaker_transform_job_volume_encrypted_with_cmk", "no key", "fail", transform()),
    ("Prowler sagemaker_transform_job_volume_encrypted_with_cmk", "a key", "pass",
     transform(TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeKmsKeyId": KEY})),
)  # fmt: skip
REFUSED = (
    (f"{TRAINING}vpc_settings_configured", "DescribeTrainingJob", "AccessDeniedException", training(VpcConfig=VPC)),
    (f"{TRAINING}network_isolation_enabled", "DescribeTrainingJob", "ThrottlingException", training()),
    (f"{TRAINING}volume_and_output_encryption_enabled", "DescribeTrainingJob", UNREACHABLE, training(**VOLUME)),
    ("Prowler sagemaker_processing_job_volume_encrypted_with_cmk", "DescribeProcessingJob", "AccessDeniedException",
     processing()),
    ("Prowler sagemaker_transform_job_volume_encrypted_with_cmk", "DescribeTransformJob", "AccessDeniedException",
     transform()),
)  # fmt: skip
CASES = [Case(said, reference, verdict, PROWLER, state) for reference, said, verdict, state in ROWS] + [
    Case(f"{operation} answers {code}", reference, "unknown", UNREAD, refused(operation, code, state))
    for reference, operation, code, state in REFUSED
]
JUDGED = Suite(CASES, "sagemaker_*_job")


@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES)), ids=[case.id for case in CASES])
def test_a_job_is_judged_as_its_source_says(number: int, case: Case) -> None:
    agrees(case, JUDGED.findings(number))
