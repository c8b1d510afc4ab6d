"""The trainer: one decision, one run, whatever dies and whatever is delivered again."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.sagemaker.models import sagemaker_backends

from holdfast.batches.entries import BatchJudged
from holdfast.batches.verdict import Level
from holdfast.ledger.contract import Decision, Entry
from holdfast.retraining import trainer
from holdfast.retraining.entries import RunRefused, RunStarted
from holdfast.shared import clients
from tests.conftest import ACCOUNT, REGION
from tests.integration.retraining.conftest import House, announced, count_calls, death, event, make_pipeline, restart


def jobs() -> dict[str, Any]:
    """Give the training jobs that moto holds."""
    return dict(sagemaker_backends[ACCOUNT][REGION].training_jobs)


def told(execution: Any) -> dict[str, str]:
    """Give an execution's parameters."""
    return {parameter["Name"]: parameter["Value"] for parameter in execution.pipeline_parameters}


def test_a_pipeline_is_started_on_exactly_what_was_decided(house: House) -> None:
    decided = house.decide("demand")
    assert house.train(decided) == []
    [execution] = house.executions("Demand-Training")
    assert execution.pipeline_execution_display_name == f"holdfast-{decided.decision_id}"
    assert execution.client_request_token == decided.decision_id
    values = told(execution)
    assert json.loads(values["HoldfastBatches"]) == [
        "s3://data/demand/batches/0.parquet?versionId=v0",
        "s3://data/demand/batches/1.parquet?versionId=v1",
    ]
    assert values["HoldfastReason"] == decided.reason
    assert values["HoldfastDecision"] == decided.decision_id
    [started] = house.of("demand", RunStarted.kind)
    assert RunStarted.of(started).arn == execution.arn
    assert (started.cause, started.correlation_id) == (decided.decision_id, decided.correlation_id)


def test_moto_starts_twice_for_one_token_so_looking_first_has_to_hold(house: House) -> None:
    sagemaker = clients.client("sagemaker")
    for _ in range(2):
        sagemaker.start_pipeline_execution(PipelineName="supply-training", ClientRequestToken="x" * 32)
    assert len(house.executions("supply-training")) == 2


def test_a_decision_delivered_again_starts_nothing_more(house: House) -> None:
    decided = house.decide("demand")
    assert house.train(decided, decided, decided) == []
    restart()
    assert house.train(decided) == []
    assert len(house.executions("Demand-Training")) == 1
    assert len(house.of("demand", RunStarted.kind)) == 1


def test_a_decision_that_is_not_on_record_starts_nothing(house: House) -> None:
    forged = event("Retrain Decided", source="holdfast.ledger", detail={"decision_id": "f" * 64})
    assert house.deliver(trainer.lambda_handler, forged) == ["message-0"]
    other = announced(house.judged("demand", 0, Level.DRIFT)) | {"detail-type": "Retrain Decided"}
    assert house.deliver(trainer.lambda_handler, other) == ["message-0"]
    assert house.executions("Demand-Training") == []


def test_a_training_job_is_named_after_its_decision_and_told_its_batches(house: House) -> None:
    decided = house.decide("jobs")
    assert house.train(decided, decided) == []
    [(name, job)] = jobs().items()
    assert name == f"holdfast-jobs-{decided.decision_id[:16]}"
    assert json.loads(job.hyper_parameters["HoldfastBatches"])[0] == "s3://data/jobs/batches/0.parquet?versionId=v0"
    assert job.hyper_parameters["HoldfastDecision"] == decided.decision_id
    assert job.stopping_condition == {"MaxRuntimeInSeconds": 3600}
    assert [RunStarted.of(entry).arn for entry in house.of("jobs", RunStarted.kind)] == [job.arn]


def test_a_job_of_that_name_which_is_another_decisions_is_not_taken_for_ours(house: House) -> None:
    decided = house.decide("jobs")
    clients.client("sagemaker").create_training_job(
        TrainingJobName=f"holdfast-jobs-{decided.decision_id[:16]}",
        HyperParameters={"HoldfastDecision": "0" * 64},
        AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"},
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/train",
        OutputDataConfig={"S3OutputPath": "s3://data/models/"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
    )
    assert house.train(decided) == []
    [refused] = house.of("jobs", RunRefused.kind)
    assert RunRefused.of(refused).code == "name_taken"
    assert len(jobs()) == 1


def failing(operation: str, code: str) -> Callable[[], None]:
    """Let SageMaker answer one operation with an error, until the function returned is called."""

    def fail(**_: Any) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "said"}}, operation)

    events, name = clients.client("sagemaker").meta.events, f"before-call.sagemaker.{operation}"
    events.register(name, fail)
    return partial(events.unregister, name, fail)


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("StartPipelineExecution", "ResourceNotFound"),
        ("StartPipelineExecution", "ValidationException"),
        ("StartPipelineExecution", "AccessDeniedException"),
        ("StartPipelineExecution", "ResourceLimitExceeded"),
        ("ListPipelineExecutions", "ResourceNotFound"),
        ("DescribePipeline", "AccessDeniedException"),
    ],
)
def test_what_a_retry_cannot_mend_is_refused_and_blocks_nothing(house: House, operation: str, code: str) -> None:
    decided = house.decide("demand")
    failing(operation, code)
    assert house.train(decided, decided) == []
    [refused] = house.of("demand", RunRefused.kind)
    assert RunRefused.of(refused).code == code
    assert operation in refused.reason
    assert house.state("demand").run is None
    assert house.executions("Demand-Training") == []


@pytest.mark.parametrize("code", ["ThrottlingException", "ServiceUnavailable", "ConflictException", "SomethingNew"])
def test_anything_else_is_tried_again(house: House, code: str) -> None:
    decided = house.decide("demand")
    mend = failing("StartPipelineExecution", code)
    assert house.train(decided) == ["message-0"]
    assert house.state("demand").run is not None
    mend()
    assert house.train(decided) == []
    assert len(house.executions("Demand-Training")) == 1


def test_a_pipeline_that_cannot_be_told_its_batches_is_refused(house: House) -> None:
    clients.client("sagemaker").delete_pipeline(PipelineName="Demand-Training", ClientRequestToken="t" * 32)
    make_pipeline("Demand-Training", "InstanceType")
    house.train(house.decide("demand"))
    [refused] = house.of("demand", RunRefused.kind)
    assert "HoldfastBatches" in refused.reason


CALLS = {"demand": 10, "jobs": 9}


@pytest.mark.parametrize("when", ["before-call", "after-call"])
@pytest.mark.parametrize(
    ("model", "number"), [(model, number) for model, most in CALLS.items() for number in range(most)]
)
def test_a_crash_at_any_call_and_a_redelivery_start_one_run(house: House, model: str, number: int, when: str) -> None:
    decided = house.decide(model)
    with death(number, when=when):
        house.train(decided)
    assert house.train(decided) == []
    assert house.train(decided) == []
    assert len(house.executions("Demand-Training")) == (model == "demand")
    assert len(jobs()) == (model == "jobs")
    assert len(house.of(model, RunStarted.kind)) == 1
    assert house.of(model, RunRefused.kind) == []


@pytest.mark.parametrize("model", list(CALLS))
def test_the_crashes_cover_every_call(house: House, model: str) -> None:
    decided: Entry = house.decide(model)
    restart()
    calls = count_calls(lambda: house.train(decided))
    assert len(calls) == CALLS[model]


def trained_on(house: House) -> list[str]:
    """Give the batches that the pipeline was told to train on."""
    (execution,) = house.executions("Demand-Training")
    lists = {one["Name"]: json.loads(one["Value"]) for one in execution.pipeline_parameters
             if one["Name"].startswith("HoldfastBatches")}  # fmt: skip
    return [uri for _, uris in sorted(lists.items()) for uri in uris]


def test_a_run_is_told_the_parts_of_its_batches_by_their_versions(house: House) -> None:
    house.train(house.decide("demand", parts=3))
    wanted = [f"s3://data/demand/batches/{batch}/{part}.parquet?versionId=v" for batch in (0, 1) for part in range(3)]
    assert trained_on(house) == wanted


def test_a_batch_that_was_refused_since_the_decision_is_not_trained_on(house: House) -> None:
    decided = house.decide("demand")
    refuse(house, 1)
    house.train(decided)
    assert trained_on(house) == ["s3://data/demand/batches/0.parquet?versionId=v0"]


def test_a_batch_that_was_released_since_is_trained_on_again(house: House) -> None:
    decided = house.decide("demand")
    house.released(refuse(house, 1))
    house.train(decided)
    assert len(trained_on(house)) == 2


def test_nothing_is_started_if_every_batch_was_refused_since(house: House) -> None:
    decided = house.decide("demand")
    refuse(house, 0)
    refuse(house, 1)
    house.train(decided)
    assert house.executions("Demand-Training") == []
    [refused] = house.of("demand", RunRefused.kind)
    assert refused.body["code"] == "nothing_left"


def refuse(house: House, number: int) -> Entry:
    """Record another verdict on a batch of the decision: its content was overwritten, and refused."""
    stream = f"batches#demand/data/demand/batches/{number}.parquet@v{number}"
    (first,) = house.ledger.entries(stream)
    body = BatchJudged.of(first).model_copy(update={"level": Level.QUARANTINED})
    decision = Decision(body.kind, "demand", "quarantined", "broken", body, ("demand", str(number), "again"))
    return house.record(decision, stream=stream)
