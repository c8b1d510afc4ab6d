"""What the manifest says of a model's retraining."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from holdfast.batches.policy import ObjectUri, Policy, Whole

ARN = r"^arn:aws[a-z-]*:"


class Patience(Policy):
    """How many of the last batches must have drifted before training is due."""

    needed: Whole = Field(ge=1)
    window: Whole = Field(ge=1, le=100)

    @model_validator(mode="after")
    def _within(self) -> "Patience":
        if self.needed > self.window:
            raise ValueError(f"{self.needed} of {self.window} can never happen, expected N of M with N <= M")
        return self


def _patience(said: Any) -> Any:
    if not isinstance(said, str):
        return said
    found = re.fullmatch(r"\s*([0-9]{1,3})\s+of\s+([0-9]{1,3})\s*", said)
    if found is None:
        raise ValueError("expected patience such as '2 of 3'")
    return {"needed": int(found[1]), "window": int(found[2])}


class Budget(Policy):
    """How many runs may be started within a span of days."""

    runs: Whole = Field(ge=1, le=100)
    days: Whole = Field(ge=1, le=366)


class TrainingJob(Policy):
    """A training job to start where there is no pipeline."""

    image: str = Field(min_length=3)
    role_arn: str = Field(pattern=ARN + r"iam::[0-9]{12}:role/[a-zA-Z0-9_+=,.@/-]+$")
    instance_type: str = Field(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$")
    instance_count: Whole = Field(default=1, ge=1, le=100)
    volume_gb: Whole = Field(default=30, ge=1, le=16_384)
    max_runtime_minutes: Whole = Field(default=60, ge=1, le=28 * 24 * 60)
    output: ObjectUri


class RetrainingPolicy(Policy):
    """When to train again, and with what."""

    pipeline: str | None = Field(default=None, max_length=256, pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}$")
    training_job: TrainingJob | None = None
    patience: Annotated[Patience, BeforeValidator(_patience)] = Field(
        default_factory=lambda: Patience(needed=2, window=3)
    )
    settle_minutes: Whole = Field(default=15, ge=0, le=7 * 24 * 60)
    cooldown_days: Whole = Field(default=7, ge=0, le=366)
    budget: Budget = Field(default_factory=lambda: Budget(runs=4, days=30))
    window_batches: Whole = Field(default=6, ge=1, le=100)

    @model_validator(mode="after")
    def _one_way(self) -> "RetrainingPolicy":
        if (self.pipeline is None) == (self.training_job is None):
            raise ValueError("expected exactly one of pipeline and training_job")
        if self.window_batches < self.patience.needed:
            raise ValueError(
                f"window_batches {self.window_batches} is less than the {self.patience.needed} batches of patience"
            )
        return self
