"""Decide when training is due, and start it."""

from aws_cdk import Duration, Stack
from constructs import Construct

from holdfast.retraining.settings import RetrainingSettings
from infra.constructs.governed_function import QueuedFunction, Size
from infra.constructs.ledger import LedgerAccess
from infra.frame import Frame
from infra.patterns import Pattern
from infra.reach import beginning, narrowest

RUNS = "holdfast-*"
ROOM = 40_000
ANY_RUN = "runs are named when they are started"
MANY = "so many pipelines that a policy holds only the beginnings of their names"
PIPELINE_CHANGED: Pattern = {
    "source": ["aws.sagemaker"],
    "detail-type": ["SageMaker Model Building Pipeline Execution Status Change"],
}
JOB_CHANGED: Pattern = {
    "source": ["aws.sagemaker"],
    "detail-type": ["SageMaker Training Job State Change"],
    "detail": {"TrainingJobName": [{"prefix": RUNS.removesuffix("*")}]},
}


class Retraining(Construct):
    """The judge that reads runs, and the trainer that alone may start them."""

    def __init__(self, scope: Construct, construct_id: str, *, frame: Frame, ledger: LedgerAccess) -> None:
        super().__init__(scope, construct_id)
        self._frame, self._ledger, self._stack = frame, ledger, Stack.of(self)
        policies = [model.retraining for model in frame.manifest.models.values() if model.retraining is not None]
        self._named = sorted({policy.pipeline for policy in policies if policy.pipeline is not None})
        self._roles = sorted({policy.training_job.role_arn for policy in policies if policy.training_job is not None})
        self.judge = self._judge()
        self.trainer = self._trainer()

    def _judge(self) -> QueuedFunction:
        judge = self._function("RetrainingJudge", "judge", RetrainingSettings.environment(account=self._stack.account))
        kinds = ("Batch Judged", "Batch Examined", "Batch Released", "Baseline Activated", "Baseline Failed")
        heard = dict.fromkeys(kinds)
        judge.inbox.receives("Evidence", self._ledger.announced(heard), bus=self._ledger.bus)
        judge.inbox.receives("Runs", {"OfPipelines": PIPELINE_CHANGED, "OfJobs": JOB_CHANGED})
        judge.inbox.ticks("EveryFiveMinutes", every=Duration.minutes(5))
        judge.may(
            "DescribeExecutions",
            {"sagemaker:DescribePipelineExecution"},
            on=self._pipelines("/execution/*", room=ROOM // 2),
            because=ANY_RUN,
        )
        lists = {"sagemaker:ListPipelineExecutions"}
        judge.may("FindExecutions", lists, on=self._pipelines(room=ROOM // 2), because=MANY)
        if self._roles:
            judge.may(
                "DescribeJobs",
                {"sagemaker:DescribeTrainingJob"},
                on=[self._arn(f"training-job/{RUNS}")],
                because=ANY_RUN,
            )
        self._ledger.let_commit(judge, "retraining")
        return judge

    def _trainer(self) -> QueuedFunction:
        trainer = self._function("Trainer", "trainer", {})
        trainer.inbox.receives("Due", self._ledger.announced({"Retrain Decided": None}), bus=self._ledger.bus)
        starts = {"DescribePipeline", "ListPipelineExecutions", "StartPipelineExecution"}
        trainer.may("StartPipelines", {f"sagemaker:{name}" for name in starts}, on=self._pipelines(), because=MANY)
        if self._roles:
            jobs = {"sagemaker:CreateTrainingJob", "sagemaker:DescribeTrainingJob"}
            trainer.may("StartJobs", jobs, on=[self._arn(f"training-job/{RUNS}")], because=ANY_RUN)
            to_sagemaker = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
            trainer.may("PassRoles", {"iam:PassRole"}, on=self._roles, when=to_sagemaker)
        self._ledger.let_commit(trainer, "retraining")
        return trainer

    def _function(self, name: str, module: str, settings: dict[str, str]) -> QueuedFunction:
        return QueuedFunction(
            self, name, frame=self._frame, handler=f"holdfast.retraining.{module}.lambda_handler",
            environment={**self._ledger.environment(name), **settings},
            size=Size(batch_size=5, most_at_once=2, timeout_seconds=120),
        )  # fmt: skip

    def _pipelines(self, below: str = "", *, room: int = ROOM) -> list[str]:
        """Name the pipelines as they are written, and in lower case, which is how SageMaker writes them in ARNs."""
        spelled = {name for pipeline in self._named for name in (pipeline, pipeline.lower())}
        return narrowest(
            lambda cut: {self._arn(f"pipeline/{beginning(name, cut)}{below}") for name in spelled}, room=room
        )

    def _arn(self, resource: str) -> str:
        return f"arn:{self._stack.partition}:sagemaker:{self._stack.region}:{self._stack.account}:{resource}"
