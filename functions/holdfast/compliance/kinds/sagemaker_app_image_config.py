"""How an image runs as an app of Studio."""

from holdfast.compliance.reads.sagemaker import APP_IMAGE_CONFIG, APP_IMAGE_CONFIG_TAGS
from holdfast.compliance.sagemaker import standing

KIND = standing(
    "sagemaker_app_image_config",
    noun="app image configuration",
    api="AppImageConfig",
    described=APP_IMAGE_CONFIG,
    tags=APP_IMAGE_CONFIG_TAGS,
    type_in_arn="app-image-config",
)
