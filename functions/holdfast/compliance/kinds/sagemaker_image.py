"""An image of one's own for Studio."""

from holdfast.compliance.reads.sagemaker import IMAGE, IMAGE_TAGS
from holdfast.compliance.sagemaker import standing

KIND = standing(
    "sagemaker_image",
    noun="image",
    api="Image",
    described=IMAGE,
    tags=IMAGE_TAGS,
    type_in_arn="image",
    renamed={"ImageDescription": "Description", "ImageDisplayName": "DisplayName", "ImageRoleArn": "RoleArn"},
)
