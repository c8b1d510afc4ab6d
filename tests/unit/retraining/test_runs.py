"""What SageMaker is asked for, and what its answers mean."""

import json
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.retraining.contract import RunSeen
from holdfast.retraining.entries import BatchVersion
from holdfast.retraining.policy import RetrainingPolicy, TrainingJob
from holdfast.retraining.runs import (
    LISTING_DELAY,
    START_DEADLINE,
    Ending,
    Order,
    Refused,
    concerns,
    ending,
    hyperparameters,
    job_name,
    order,
    parameters,
)
from holdfast.retraining.state import Run
from holdfast.shared.errors import ContractError
from tests.unit.retraining.desk import START, Desk, day, drifting, policy

ID = "0123456789abcdef" * 4
JOB = TrainingJob(
    image="123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:1",
    role_arn="arn:aws:iam::123456789012:role/train",
    instance_type="ml.m5.large",
    output="s3://models/demand/",
)
EXECUTION = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/demand-training/execution/abcdef123456"
RUN = Run(decision_id=ID, decided_at=START, arn=EXECUTION, started_at=START)


def definition(*names: str) -> str:
    """Write a pipeline's definition that declares these parameters."""
    declared = [{"Name": name, "Type": "String", "DefaultValue": "[]"} for name in names]
    return json.dumps({"Version": "2020-12-01", "Parameters": declared, "Steps": []})


def wanted(*batches: BatchVersion, reason: str = "because") -> Order:
    """Order a run on these batches."""
    return Order(ID, f"holdfast-{ID}", "demand-training", None, batches, reason, START)


def batch(number: int, *, length: int = 20) -> BatchVersion:
    """Name a batch with a key of this length."""
    return BatchVersion(bucket="data", key=f"{number:0{length}d}", version_id=f"v{number}")


def told(values: dict[str, str] | Refused) -> dict[str, str]:
    """Expect an answer that is no refusal."""
    assert isinstance(values, dict), values
    return values


def test_a_pipeline_is_told_its_batches_the_reason_and_the_decision() -> None:
    names = ("HoldfastBatches", "HoldfastReason", "HoldfastDecision", "InstanceType")
    values = told(parameters(wanted(batch(1, length=1)), definition=definition(*names)))
    assert values == {
        "HoldfastBatches": '["s3://data/1?versionId=v1"]',
        "HoldfastReason": "because",
        "HoldfastDecision": ID,
    }


def test_what_a_pipeline_does_not_declare_is_not_sent_but_for_batches_which_it_must() -> None:
    assert told(parameters(wanted(batch(1)), definition=definition("HoldfastBatches"))).keys() == {"HoldfastBatches"}
    answer = parameters(wanted(batch(1)), definition=definition("Other"))
    assert isinstance(answer, Refused)
    assert "HoldfastBatches" in answer.reason


def test_batches_that_fill_more_than_one_parameter_take_the_next_one() -> None:
    many = tuple(batch(number, length=400) for number in range(5))
    names = [f"HoldfastBatches{number}" for number in ("", 2, 3, 4)]
    values = told(parameters(wanted(*many), definition=definition(*names)))
    assert all(len(value) <= 1024 for value in values.values())
    assert [uri for name in names for uri in json.loads(values[name])] == [one.uri for one in many]
    assert values["HoldfastBatches4"] == "[]"
    short = parameters(wanted(*many), definition=definition("HoldfastBatches"))
    assert isinstance(short, Refused)
    assert "HoldfastBatches2, HoldfastBatches3" in short.reason


def test_an_uri_that_fits_no_parameter_is_refused_and_fits_a_hyperparameter() -> None:
    long = wanted(batch(1, length=1020))
    answer = parameters(long, definition=definition("HoldfastBatches"))
    assert isinstance(answer, Refused)
    assert answer.code == "uri_too_long"
    assert json.loads(told(hyperparameters(long))["HoldfastBatches"]) == [long.batches[0].uri]


@pytest.mark.parametrize("text", ["", "[]", "null", '{"Parameters": [1]}', "[" * 100_000, '{"Parameters": {"a": 1}}'])
def test_a_definition_that_cannot_be_read_is_refused(text: str) -> None:
    assert isinstance(parameters(wanted(batch(1)), definition=text), Refused)


@given(st.text(min_size=1, max_size=200), st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1))
def test_an_uri_gives_back_the_key_and_the_version_it_was_made_of(key: str, version: str) -> None:
    uri = BatchVersion(bucket="data", key=key, version_id=version).uri
    assert uri.isascii()
    assert uri.isprintable()
    place, _, query = uri.partition("?versionId=")
    assert (unquote(place.removeprefix("s3://data/")), unquote(query)) == (key, version)
    assert urlsplit(uri).netloc == "data"


@given(st.lists(st.integers(1, 900), max_size=60))
def test_lists_hold_every_batch_in_order_and_none_is_too_long(lengths: list[int]) -> None:
    batches = tuple(batch(7, length=length) for length in lengths)
    values = told(hyperparameters(wanted(*batches)))
    names = [name for name in values if name.startswith("HoldfastBatches")]
    assert [uri for name in names for uri in json.loads(values[name])] == [one.uri for one in batches]
    assert max(map(len, values.values())) <= 2500
    assert len(values) <= 100


@pytest.mark.parametrize("model", ["demand", "a" * 63, "a" * 36 + "-b", "a-b-" * 15 + "c"])
def test_a_job_is_named_after_its_model_and_decision_within_what_sagemaker_takes(model: str) -> None:
    name = job_name(model, ID)
    assert len(name) <= 63
    assert name.endswith(f"-{ID[:16]}")
    assert "--" not in name
    assert concerns(
        f"arn:aws:sagemaker:r:1:training-job/{name}", model=model, policy=RetrainingPolicy(training_job=JOB)
    )


def test_a_run_concerns_the_models_whose_pipeline_or_job_it_can_be() -> None:
    assert concerns(EXECUTION, model="demand", policy=policy())
    assert concerns(EXECUTION.replace("demand-training", "Demand-Training"), model="demand", policy=policy())
    assert not concerns(EXECUTION.replace("demand-training", "demand-training-2"), model="demand", policy=policy())
    job = "arn:aws:sagemaker:eu-west-1:123456789012:training-job/holdfast-other-0123456789abcdef"
    assert not concerns(job, model="demand", policy=RetrainingPolicy(training_job=JOB))


def due() -> Desk:
    """Give a desk that has just decided to train."""
    desk = drifting(levels="dd")
    assert desk.tick(day(2)) is not None
    return desk


def test_an_order_follows_the_decision_and_takes_the_machine_from_the_manifest() -> None:
    desk = due()
    pipeline = order(desk.decided[-1], None)
    assert isinstance(pipeline, Order)
    assert (pipeline.pipeline, pipeline.name) == ("demand-training", f"holdfast-{desk.decided[-1].decision_id}")
    assert len(pipeline.name) <= 82
    desk.policy = RetrainingPolicy(training_job=JOB)
    other = drifting(levels="dd", settings=RetrainingPolicy(training_job=JOB))
    other.tick(day(2))
    job = order(other.decided[-1], other.policy)
    assert isinstance(job, Order)
    assert (job.pipeline, job.job) == (None, JOB)
    gone = order(other.decided[-1], None)
    assert isinstance(gone, Refused)
    with pytest.raises(ContractError, match="expected 'Retrain Decided'"):
        order(desk.entries[0], desk.policy)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("Succeeded", "succeeded"),
        ("Completed", "succeeded"),
        ("CompletedWithFailures", "failed"),
        ("Failed", "failed"),
        ("Stopped", "failed"),
        ("Executing", None),
        ("InProgress", None),
        ("Stopping", None),
        ("Deleting", None),
        ("SomethingNew", None),
    ],
)
def test_only_a_final_status_ends_a_run(status: str, outcome: str | None) -> None:
    end = ending(RUN, described=RunSeen(EXECUTION, status), told=None, now=day(90))
    assert (None if end is None else end.outcome) == outcome


def test_what_is_described_counts_and_an_event_only_where_nothing_is() -> None:
    lie = RunSeen(EXECUTION, "Succeeded")
    assert ending(RUN, described=RunSeen(EXECUTION, "Executing"), told=lie, now=day(1)) is None
    real = ending(RUN, described=RunSeen(EXECUTION, "Failed", "why"), told=lie, now=day(1))
    assert real == Ending("Failed", "failed", "why", "description")
    assert ending(RUN, described=None, told=lie, now=day(0)) == Ending("Succeeded", "succeeded", None, "event")
    foreign = RunSeen(EXECUTION[:-1] + "x", "Succeeded")
    assert ending(RUN, described=None, told=foreign, now=day(0)) is None


def test_a_run_that_is_gone_failed_once_sagemaker_had_time_to_list_it() -> None:
    assert ending(RUN, described=None, told=None, now=START + LISTING_DELAY) is None
    end = ending(RUN, described=None, told=None, now=START + LISTING_DELAY + timedelta(seconds=1))
    assert end == Ending("NotFound", "failed", None, "absence")


def test_a_run_never_started_failed_after_its_deadline() -> None:
    waiting = Run(decision_id=ID, decided_at=START)
    assert ending(waiting, described=None, told=None, now=START + START_DEADLINE) is None
    late = ending(waiting, described=None, told=None, now=START + START_DEADLINE + timedelta(seconds=1))
    assert late == Ending("NotStarted", "failed", None, "deadline")


@pytest.mark.parametrize(
    ("reason", "named"),
    [
        ("AlgorithmError: ExecuteUserScriptError: ValueError: could not convert 'Jane Roe'", "(AlgorithmError)"),
        ("ClientError: Data download failed: no objects under s3://secret", "(ClientError)"),
        ("CapacityError: Unable to provision requested ML compute capacity", "(CapacityError)"),
        ("InternalServerError: We encountered an internal error.", "(InternalServerError)"),
        ("Jane Roe is no number", ""),
        ("", ""),
    ],
)
def test_the_reason_names_a_failures_class_and_none_of_its_words(reason: str, named: str) -> None:
    desk = due()
    desk.started(now=day(2), arn=EXECUTION)
    entry = desk.closed("Failed", now=day(3), reason=reason)
    assert entry is not None
    assert entry.reason == f"{EXECUTION} ended Failed {named}".rstrip()
