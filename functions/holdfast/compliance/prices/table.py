"""What AWS charges on demand, in US dollars, as of the date: what is not here has no price that we could vouch for.

Where public records of AWS's price list contradict each other, or a price depends on what an instance is used for, the
instance type is left out. Before a table is replaced, read the price list again for every row.
"""

DATE = "2026-11"
HOURS_A_MONTH = 730

SOURCES = {
    "us-east-1": "AWS Price List API, usage types USE1-Host:ml.m5.xlarge and .2xlarge read 2026-09-28; the others from "
    "the SageMaker pricing page as two or more public records agree on it, 2021 to 2026",
    "us-east-2": "SageMaker pricing page of US East (Ohio), as recorded by a public competition guide of 2025",
    "eu-west-1": "lines of AWS's own bill of December 2023 in aws-samples/sagemaker-ssh-helper, Sample_Costs.md",
    "storage": "AWS Price List API, S3 Standard, first 50 TB a month, as public records of October 2025 have it",
}

INSTANCE_HOUR = {
    "us-east-1": {
        "ml.t3.medium": 0.05,
        "ml.t3.large": 0.1,
        "ml.t3.xlarge": 0.2,
        "ml.m5.large": 0.115,
        "ml.m5.xlarge": 0.23,
        "ml.m5.2xlarge": 0.461,
        "ml.m5.4xlarge": 0.922,
        "ml.m5.12xlarge": 2.765,
        "ml.m5.24xlarge": 5.53,
        "ml.c5.large": 0.102,
        "ml.c5.xlarge": 0.204,
        "ml.c5.2xlarge": 0.408,
        "ml.c5.4xlarge": 0.816,
        "ml.c5.9xlarge": 1.836,
        "ml.g4dn.xlarge": 0.7364,
        "ml.g4dn.2xlarge": 0.94,
        "ml.g4dn.4xlarge": 1.505,
        "ml.g4dn.8xlarge": 2.72,
        "ml.g4dn.12xlarge": 4.89,
        "ml.g5.xlarge": 1.408,
        "ml.g5.2xlarge": 1.515,
        "ml.g5.4xlarge": 2.03,
        "ml.g5.12xlarge": 7.09,
        "ml.g5.24xlarge": 10.18,
        "ml.g5.48xlarge": 20.36,
        "ml.p3.2xlarge": 3.825,
        "ml.p3.8xlarge": 14.688,
        "ml.p3.16xlarge": 28.152,
    },
    "us-east-2": {
        "ml.t3.medium": 0.05,
        "ml.t3.large": 0.1,
        "ml.t3.xlarge": 0.2,
        "ml.t3.2xlarge": 0.399,
        "ml.r5.2xlarge": 0.605,
        "ml.r5.4xlarge": 1.21,
        "ml.r5.8xlarge": 2.419,
        "ml.g4dn.2xlarge": 0.94,
        "ml.g4dn.4xlarge": 1.505,
        "ml.g4dn.8xlarge": 2.72,
        "ml.g4dn.12xlarge": 4.89,
        "ml.g4dn.16xlarge": 5.44,
        "ml.g5.16xlarge": 5.12,
    },
    "eu-west-1": {
        "ml.t3.medium": 0.055,
        "ml.m5.large": 0.128,
        "ml.m5.xlarge": 0.257,
        "ml.g4dn.xlarge": 0.822,
        "ml.g4dn.4xlarge": 1.678,
        "ml.g4dn.12xlarge": 5.453,
        "ml.g5.xlarge": 1.57,
        "ml.g5.12xlarge": 7.91,
        "ml.p3.2xlarge": 4.131,
    },
}
"""By Region and instance type."""

STANDARD_GB_MONTH = {"us-east-1": 0.023, "eu-west-1": 0.023}
"""By Region."""
