"""AWS::CloudFormation: the hook that judges what CloudFormation is about to make, of which the twin makes nothing."""

from holdfast_console.replay.service import Service

SERVICE = Service(
    "cloudformation",
    ignored={"AWS::CloudFormation::LambdaHook": "it is asked by CloudFormation, which the twin does without"},
)
