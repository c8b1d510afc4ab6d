"""Let CloudFormation ask before it makes anything, where the stage says so."""

from collections.abc import Sequence

from aws_cdk import CfnLambdaHook, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from holdfast.compliance.settings import HookSettings
from infra.constructs.governed_function import GovernedFunction, Size
from infra.constructs.ledger import MANIFEST_PATH
from infra.frame import Frame
from infra.roles import service_role

ASKED_BY = ("hooks.cloudformation.amazonaws.com", "resources.cloudformation.amazonaws.com")
OPERATIONS = ("STACK", "RESOURCE", "CLOUD_CONTROL")
PATIENCE_SECONDS = 25


class ProposalHook(Construct):
    """A function that reads nothing of the account, and the hook by which CloudFormation asks it.

    It spares our own stacks: a hook that refuses everything could otherwise not be mended.
    """

    def __init__(self, scope: Construct, construct_id: str, *, frame: Frame, spares: Sequence[str]) -> None:
        super().__init__(scope, construct_id)
        stack, stage = Stack.of(self), frame.stage
        settings = HookSettings.environment(
            account=stack.account, region=stack.region, partition=stack.partition, manifest=MANIFEST_PATH,
            fails_from=stage.hook_fails_from,
        )  # fmt: skip
        self.judge = GovernedFunction(
            self, "ComplianceHook", frame=frame, handler="holdfast.compliance.hook.lambda_handler",
            environment=settings, size=Size(timeout_seconds=PATIENCE_SECONDS),
        )  # fmt: skip
        self.hook = CfnLambdaHook(
            self, "Hook", alias=f"Holdfast::Stage{stage.name.title()}::Compliance", hook_status="ENABLED",
            failure_mode=stage.hook.upper(), target_operations=list(OPERATIONS),
            lambda_function=self.judge.function.function_arn, execution_role=self._caller(frame).role_arn,
        )  # fmt: skip
        self.hook.add_property_override("TargetFilters", {"Actions": ["CREATE", "UPDATE"]})
        excluded = {"FilteringCriteria": "ALL", "StackNames": {"Exclude": list(spares)}}
        self.hook.add_property_override("StackFilters", excluded)

    def _caller(self, frame: Frame) -> iam.Role:
        """Make the role that CloudFormation takes on, for this account only, to ask this function only."""
        ours = {"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
        services = [iam.ServicePrincipal(name, conditions=ours) for name in ASKED_BY]
        role = service_role(self, "Caller", frame.stage, assumed_by=iam.CompositePrincipal(*services))
        role.add_to_policy(
            iam.PolicyStatement(
                sid="Ask", actions=["lambda:InvokeFunction"], resources=[self.judge.function.function_arn]
            )
        )
        return role
