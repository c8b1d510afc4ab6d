"""governance.yaml as types: what is governed and how."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from holdfast.batches.policy import (
    BatchSource,
    BucketName,
    DriftPolicy,
    Expectations,
    ObjectUri,
    Policy,
    SchemaPolicy,
    SeasonalPolicy,
    bucket_of,
    key_of,
)
from holdfast.compliance.policy import DEFAULT, Class, ControlRule, Mode, Modes, Scope, Waiver, each_waiver_once
from holdfast.retraining.policy import RetrainingPolicy
from holdfast.shared.canonical import canonical
from holdfast.shared.contract import printable
from holdfast.shared.errors import ConfigurationError

KEY_ARN = r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9a-zA-Z-]+$"
MODEL_NAME = r"^[a-z0-9](-?[a-z0-9]){0,62}$"
MOST_PROBLEMS = 20
NOT_YET = {
    ("models", "*", "promotion"),
    ("models", "*", "retraining", "value_per_point_day"),
    ("models", "*", "retraining", "approval"),
}
PLAINER = {
    "missing": "required, and missing",
    "tuple_type": "expected a list",
    "dict_type": "expected names, each with its keys below it",
}
INSIDE = frozenset({"[key]", "[name]", "[choice]"})
Place = tuple[Any, ...]


class ManifestError(ConfigurationError):
    """The manifest cannot be obeyed: whoever wrote it must act."""


class Bucket(Policy):
    """A bucket Holdfast reads data from, or may change."""

    name: BucketName
    ownership: Literal["existing"] = "existing"
    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$")
    events: Literal["eventbridge", "notification"] = "eventbridge"
    kms_key_arn: str | None = Field(
        default=None, pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9a-zA-Z-]+$"
    )
    class_: Class | None = Field(default=None, alias="class")
    remediation: Modes = Field(default_factory=dict)

    def remediation_mode(self, control: str) -> Mode:
        """Say how far a control's failure may be put right."""
        return self.remediation.get(control, self.remediation.get(DEFAULT, "off"))


class Model(Policy):
    """A model in service and the rules for its data and its training."""

    owner: str = Field(min_length=1, max_length=128)
    batches: BatchSource
    reference: ObjectUri
    columns: SchemaPolicy = Field(default_factory=SchemaPolicy, alias="schema")
    expectations: Expectations = ()
    drift: DriftPolicy = Field(default_factory=DriftPolicy)
    seasonal: SeasonalPolicy | None = None
    retraining: RetrainingPolicy | None = None


def _unique(buckets: tuple[Bucket, ...]) -> tuple[Bucket, ...]:
    counts = Counter(bucket.name for bucket in buckets)
    if doubled := sorted(name for name, count in counts.items() if count > 1):
        raise ValueError(f"expected each bucket once, named twice: {', '.join(doubled)}")
    return buckets


class Manifest(BaseModel):
    """The whole of governance.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    scope: tuple[Scope, ...] = ()
    controls: tuple[ControlRule, ...] = ()
    waivers: Annotated[tuple[Waiver, ...], AfterValidator(each_waiver_once)] = ()
    buckets: Annotated[tuple[Bucket, ...], AfterValidator(_unique)] = ()
    models: dict[Annotated[str, Field(pattern=MODEL_NAME, max_length=63)], Model] = {}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        named = {bucket.name for bucket in self.buckets}
        for name, model in self.models.items():
            for path, bucket in (("batches", model.batches.bucket), ("reference", bucket_of(model.reference))):
                if bucket not in named:
                    raise _PlacedError(("models", name, path), f"bucket {bucket!r} is not under buckets: add it there")
            if model.batches.covers(bucket_of(model.reference), key_of(model.reference)):
                raise _PlacedError(
                    ("models", name, "reference"), "the reference lies under the batch prefix, expected it elsewhere"
                )
        return self

    @cached_property
    def digest(self) -> str:
        """Give the SHA-256 of what the manifest says, whatever its layout and comments."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def canonical(self) -> bytes:
        """Write the manifest as it ships to the functions."""
        return canonical(self.model_dump(mode="json", by_alias=True, exclude_none=True))

    def bucket(self, name: str) -> Bucket | None:
        """Find a governed bucket."""
        return next((bucket for bucket in self.buckets if bucket.name == name), None)

    def models_of(self, bucket: str, key: str) -> dict[str, Model]:
        """Find the models of whose batches an object is one."""
        return {name: model for name, model in self.models.items() if model.batches.covers(bucket, key)}

    def watches(self, bucket: str) -> bool:
        """Tell whether compliance watches a bucket as far as its name says: it is governed, or in scope."""
        return self.bucket(bucket) is not None or any(part.covers("s3_bucket", bucket) for part in self.scope)

    def remediation_mode(self, bucket: str, control: str) -> Mode:
        """Say how far a control's failure on a bucket may be put right: not at all if it is not under `buckets`."""
        named = self.bucket(bucket)
        return "off" if named is None else named.remediation_mode(control)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read governance.yaml, or the JSON that ships; else `ManifestError` with file, line and what was expected."""
        path = Path(path)
        try:
            text = path.read_bytes()
        except OSError as error:
            raise ManifestError(f"{path}: cannot be read: {error.strerror}") from error
        if path.suffix == ".json":
            return cls._parsed(_json(text, path), path, {})
        from holdfast.shared.positioned_yaml import load_positioned

        data, lines = load_positioned(text, path)
        if empty := list(islice(_empty(data), MOST_PROBLEMS)):
            said = "nothing is said, expected a value or no key"
            raise ManifestError("\n".join(f"{_at(path, place, lines)}: {said}" for place in empty))
        return cls._parsed(data, path, lines)

    @classmethod
    def _parsed(cls, data: Any, path: Path, lines: Mapping[Place, int]) -> Self:
        if not isinstance(data, dict):
            raise ManifestError(f"{path}:1: expected the keys {', '.join(cls.model_fields)}")
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise ManifestError(
                "\n".join(_said(dict(problem), path, lines) for problem in error.errors()[:MOST_PROBLEMS])
            ) from error


class _PlacedError(ValueError):
    """A problem whose place is known better than pydantic knows it."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place


def _json(text: bytes, path: Path) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"{path}: not json: {error}") from error


def _empty(data: Any, place: Place = ()) -> Iterator[Place]:
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in children:
        if value is None:
            yield (*place, key)
        yield from _empty(value, (*place, key))


def _said(problem: dict[str, Any], path: Path, lines: Mapping[Place, int]) -> str:
    cause = problem.get("ctx", {}).get("error")
    place = (
        cause.place if isinstance(cause, _PlacedError) else tuple(part for part in problem["loc"] if part not in INSIDE)
    )
    return f"{_at(path, place, lines)}: {_wanted(problem)}"


def _at(path: Path, place: Place, lines: Mapping[Place, int]) -> str:
    known = place
    while known and known not in lines:
        known = known[:-1]
    where = f"{path}:{lines.get(known, 1)}" if lines else str(path)
    return f"{where}: {'.'.join(printable(part) for part in place) or 'the manifest'}"


def _wanted(problem: dict[str, Any]) -> str:
    kind, place = problem["type"], tuple(problem["loc"])
    if kind == "extra_forbidden":
        generic = {place, *((*place[:at], "*", *place[at + 1 :]) for at in range(len(place)))}
        return "not supported yet" if generic & NOT_YET else f"unknown key, expected one of {_keys(place[:-1])}"
    message: str = problem["msg"].removeprefix("Value error, ")
    if kind == "model_type":
        message = f"expected the keys {_keys(place)}"
    given = problem.get("input")
    is_whole = kind == "missing" or isinstance(given, dict | list | Manifest)
    message = PLAINER.get(kind, message)
    return message if is_whole else f"{message}, got {str(given)[:80]!r}"


def _keys(place: Place) -> str:
    node: type[BaseModel] = Manifest
    for part in place:
        if isinstance(part, str):
            node = _child(node, part) or node
    return ", ".join(field.alias or name for name, field in node.model_fields.items())


def _child(node: type[BaseModel], name: str) -> type[BaseModel] | None:
    for field_name, field in node.model_fields.items():
        if (field.alias or field_name) == name:
            return _first_model(field.annotation)
    return None


def _first_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _first_model(part))), None)


def schema() -> dict[str, Any]:
    """Give the JSON Schema of governance.yaml."""
    return Manifest.model_json_schema(by_alias=True)
