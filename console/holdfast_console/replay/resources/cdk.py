"""AWS::CDK: what the CDK adds for itself."""

from holdfast_console.replay.service import Service

SERVICE = Service("cdk", ignored={"AWS::CDK::Metadata": "it counts which constructs are used, and does nothing"})
