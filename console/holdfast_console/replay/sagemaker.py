"""A fake SageMaker on top of moto's: runs take virtual time, fail as scripted, and tell EventBridge how they fare."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.sagemaker.exceptions import ResourceNotFound, SagemakerClientError, ValidationError
from moto.sagemaker.models import SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from holdfast_console.replay.clock import VirtualClock
from holdfast_console.replay.strict import Method, Rule, replaced

PIPELINE_CHANGE = "SageMaker Model Building Pipeline Execution Status Change"
TRAINING_CHANGE = "SageMaker Training Job State Change"
USUAL_DURATION = timedelta(minutes=20)
MOST_SUMMARIES = 100
EVER, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
Emit = Callable[[str, list[str], dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Script:
    """How one run fares; `refused` is the error that the call itself answers, as (code, message)."""

    lasts: timedelta = USUAL_DURATION
    fails: str | None = None
    events: int = 1
    refused: tuple[str, str] | None = None


@dataclass(slots=True)
class Run:
    """A pipeline execution or training job, and where it stands."""

    kind: str
    name: str
    arn: str
    script: Script
    started: datetime
    parameters: dict[str, str] = field(default_factory=dict)
    status: str = "running"
    ended: datetime | None = None


class FakeSageMaker:
    """Plays pipeline executions and training jobs on a virtual clock."""

    def __init__(self, clock: VirtualClock, emit: Emit) -> None:
        self._clock = clock
        self._emit = emit
        self._scripts: deque[Script] = deque()
        self.usual = Script()
        self.runs: list[Run] = []

    def next_run(
        self, *, lasts: timedelta | None = None, fails: str | None = None, events: int = 1,
        refused: tuple[str, str] | None = None,
    ) -> None:  # fmt: skip
        """Script the next run that is started and not scripted yet; `events=0` loses its state changes."""
        self._scripts.append(Script(lasts or self.usual.lasts, fails, events, refused))

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Stand in for moto's own jobs while the block runs."""
        rules = (
            Rule(SageMakerModelBackend, "create_pipeline", _lower_case),
            Rule(SageMakerModelBackend, "start_pipeline_execution", self._starting),
            Rule(SageMakerModelBackend, "describe_pipeline_execution", _describing_execution),
            Rule(SageMakerResponse, "list_pipeline_executions", _listing_executions),
            Rule(SageMakerModelBackend, "create_training_job", self._creating),
            Rule(SageMakerModelBackend, "describe_training_job", _describing_job),
        )
        with replaced(rules):
            yield

    def _starting(self, start: Method) -> Method:
        def started(backend: Any, pipeline_name: str, *args: Any) -> Any:
            name = pipeline_name.rsplit("/", 1)[-1]
            known = {arn for pipeline in backend.pipelines.values() for arn in pipeline.pipeline_executions}
            script = self._admitted()
            answer = start(backend, pipeline_name, *args)
            arn = str(answer["PipelineExecutionArn"])
            if arn not in known:
                self._take(script)
                execution = _lowered(backend.pipelines[name], arn)
                self._play_execution(execution, name, script)
                return {"PipelineExecutionArn": execution.arn}
            return answer

        return started

    def _creating(self, create: Method) -> Method:
        def created(backend: Any, training_job_name: str, **arguments: Any) -> Any:
            script = self._admitted()
            job = create(backend, training_job_name=training_job_name, **arguments)
            self._take(script)
            self._play_job(job, script)
            return job

        return created

    def _admitted(self) -> Script:
        script = self._scripts[0] if self._scripts else self.usual
        if script.refused is not None:
            self._take(script)
            raise SagemakerClientError(*script.refused)
        return script

    def _take(self, script: Script) -> None:
        if self._scripts and self._scripts[0] is script:
            self._scripts.popleft()

    def _play_execution(self, execution: Any, pipeline: str, script: Script) -> None:
        parameters = {each["Name"]: each["Value"] for each in execution.pipeline_parameters or []}
        run = Run("pipeline", pipeline, execution.arn, script, self._clock.now, parameters)
        self.runs.append(run)
        execution.pipeline_execution_status = "Executing"
        self._say_execution(execution, run, before=None)

        def finish() -> None:
            execution.pipeline_execution_status = "Failed" if script.fails else "Succeeded"
            execution.pipeline_execution_failure_reason = script.fails
            execution.last_modified_time = run.ended = self._clock.now
            run.status = execution.pipeline_execution_status.lower()
            self._say_execution(execution, run, before="Executing")

        self._clock.at(self._clock.now + script.lasts, finish)

    def _say_execution(self, execution: Any, run: Run, *, before: str | None) -> None:
        pipeline_arn = execution.arn.split("/execution/")[0]
        detail = {
            "pipelineExecutionDisplayName": execution.pipeline_execution_display_name,
            "currentPipelineExecutionStatus": execution.pipeline_execution_status,
            "previousPipelineExecutionStatus": before,
            "executionStartTime": _iso(execution.start_time), "executionEndTime": _iso(run.ended),
            "pipelineExecutionDescription": execution.pipeline_execution_description,
            "pipelineArn": pipeline_arn, "pipelineExecutionArn": execution.arn,
        }  # fmt: skip
        self._say(PIPELINE_CHANGE, [pipeline_arn, execution.arn], _present(detail), run)

    def _play_job(self, job: Any, script: Script) -> None:
        hyper_parameters = {str(name): str(value) for name, value in (job.hyper_parameters or {}).items()}
        run = Run("training_job", job.training_job_name, job.arn, script, self._clock.now, hyper_parameters)
        self.runs.append(run)
        job.training_job_status, job.secondary_status, job.training_end_time = "InProgress", "Training", None
        self._say_job(job, run)

        def finish() -> None:
            job.training_job_status = job.secondary_status = "Failed" if script.fails else "Completed"
            job.failure_reason = script.fails
            job.last_modified_time = job.training_end_time = run.ended = self._clock.now
            run.status = "failed" if script.fails else "succeeded"
            self._say_job(job, run)

        self._clock.at(self._clock.now + script.lasts, finish)

    def _say_job(self, job: Any, run: Run) -> None:
        detail = {
            "TrainingJobName": job.training_job_name, "TrainingJobArn": job.arn,
            "TrainingJobStatus": job.training_job_status, "SecondaryStatus": job.secondary_status,
            "FailureReason": getattr(job, "failure_reason", None), "HyperParameters": job.hyper_parameters or {},
            "RoleArn": job.role_arn, "InputDataConfig": job.input_data_config,
            "OutputDataConfig": job.output_data_config, "ResourceConfig": job.resource_config,
            "StoppingCondition": job.stopping_condition, "CreationTime": _milliseconds(run.started),
            "TrainingStartTime": _milliseconds(run.started), "TrainingEndTime": _milliseconds(run.ended),
            "LastModifiedTime": _milliseconds(self._clock.now),
            "EnableNetworkIsolation": bool(job.enable_network_isolation), "Tags": {},
        }  # fmt: skip
        self._say(TRAINING_CHANGE, [job.arn], _present(detail), run)

    def _say(self, detail_type: str, resources: list[str], detail: dict[str, Any], run: Run) -> None:
        for _ in range(run.script.events):
            self._emit(detail_type, resources, detail)


def _lower_case(create: Method) -> Method:
    """Write a pipeline's name in lower case in its ARN, whatever it is called by, as SageMaker does."""

    def created(backend: Any, *args: Any, **kwargs: Any) -> Any:
        pipeline = create(backend, *args, **kwargs)
        pipeline.arn = pipeline.arn.lower()
        return pipeline

    return created


def _lowered(pipeline: Any, arn: str) -> Any:
    """Keep an execution under its ARN in lower case."""
    execution = pipeline.pipeline_executions.pop(arn)
    execution.arn = arn.lower()
    pipeline.pipeline_executions[execution.arn] = execution
    return execution


def _describing_execution(_: Method) -> Method:
    """Say how an execution stands, and why it failed only if it did."""

    def described(backend: Any, arn: str) -> Any:
        for pipeline in backend.pipelines.values():
            if (execution := pipeline.pipeline_executions.get(arn)) is not None:
                return _described(pipeline, execution)
        raise ResourceNotFound(message=f"Pipeline execution '{arn}' does not exist")

    return described


def _described(pipeline: Any, execution: Any) -> dict[str, Any]:
    return _present(
        {
            "PipelineArn": pipeline.arn,
            "PipelineExecutionArn": execution.arn,
            "PipelineExecutionDisplayName": execution.pipeline_execution_display_name,
            "PipelineExecutionStatus": execution.pipeline_execution_status,
            "PipelineExecutionDescription": execution.pipeline_execution_description,
            "FailureReason": execution.pipeline_execution_failure_reason,
            "CreationTime": execution.creation_time,
            "LastModifiedTime": execution.last_modified_time,
            "ParallelismConfiguration": execution.parallelism_configuration,
        }
    )


def _listing_executions(_: Method) -> Method:
    """List executions as AWS does: the latest first, between two times, by pages."""

    def listed(self: Any) -> ActionResult:
        name = str(self._get_param("PipelineName")).rsplit("/", 1)[-1]
        pipeline = self.sagemaker_backend.pipelines.get(name)
        if pipeline is None:
            raise ValidationError(message=f"Pipeline '{name}' does not exist")
        after, before = (_moment(self._get_param(f"Created{side}")) for side in ("After", "Before"))
        after, before = after or EVER, before or NEVER
        found = [
            execution
            for execution in pipeline.pipeline_executions.values()
            if after < _aware(execution.start_time) < before
        ]
        if self._get_param("SortOrder", "Descending") == "Descending":
            found.reverse()
        first, most = int(self._get_param("NextToken") or 0), self._get_int_param("MaxResults") or MOST_SUMMARIES
        answer = {"PipelineExecutionSummaries": [_summary(execution) for execution in found[first : first + most]]}
        return ActionResult(answer | ({"NextToken": str(first + most)} if first + most < len(found) else {}))

    return listed


def _summary(execution: Any) -> dict[str, Any]:
    return _present(
        {
            "PipelineExecutionArn": execution.arn, "StartTime": execution.start_time,
            "PipelineExecutionStatus": execution.pipeline_execution_status,
            "PipelineExecutionDescription": execution.pipeline_execution_description,
            "PipelineExecutionDisplayName": execution.pipeline_execution_display_name,
            "PipelineExecutionFailureReason": execution.pipeline_execution_failure_reason,
        }
    )  # fmt: skip


def _describing_job(describe: Method) -> Method:
    """Answer for a job that is not there as AWS does."""

    def described(backend: Any, training_job_name: str) -> Any:
        if training_job_name not in backend.training_jobs:
            raise ValidationError(message="Requested resource not found.")
        return describe(backend, training_job_name)

    return described


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _moment(value: Any) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return None if value is None else _aware(value)
    return datetime.fromtimestamp(float(value), UTC)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else _aware(moment).strftime("%Y-%m-%dT%H:%M:%SZ")


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(_aware(moment).timestamp() * 1000)
