"""What a model was trained on: found from its version in the registry, or from its training job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from holdfast.batches.reading.format import promised
from holdfast.batches.reading.manifest_file import split
from holdfast.batches.reading.source import NamedSource
from holdfast.shared.errors import ConfigurationError, ContractError
from holdfast_console.objects import SCHEME, asking, below, listed_in

USUAL = ("train", "training")
JOB = ":training-job/"
ARTIFACT = "/output/model.tar.gz"
SUFFIX_OF = {
    "text/csv": ".csv",
    "application/x-parquet": ".parquet",
    "application/parquet": ".parquet",
    "application/jsonlines": ".jsonl",
    "application/x-ndjson": ".jsonl",
}


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """The job that a model came of, and where in S3 a channel of it found its data."""

    job: str
    channel: str
    uri: str
    kind: str
    content: str | None
    is_packed: bool

    def sources(self) -> Sequence[NamedSource]:
        """Fetch the objects, named so that their format is known; raises as `gathered` does."""
        place = split(self.uri)
        if self.kind == "ManifestFile":
            found = listed_in(place.bucket, place.key)
        elif self.kind == "S3Prefix":
            found = below(place.bucket, place.key, unclosed=True)
        else:
            raise ConfigurationError(
                f"channel {self.channel!r} of job {self.job} is of kind {self.kind}, not read here"
            )
        return [NamedSource(self._name(source.name), source.data) for source in found]

    def _name(self, name: str) -> str:
        """Give a name without a suffix of ours the one that the channel's content type stands for."""
        suffix = SUFFIX_OF.get((self.content or "").partition(";")[0].strip().lower())
        if suffix is None or promised(name) is not None:
            return name
        return f"{name}{suffix}{'.gz' if self.is_packed and suffix != '.parquet' else ''}"


def of_package(arn: str, channel: str | None) -> TrainingSet:
    """Find what a model version was trained on; raises `ConfigurationError` if the registry does not say."""
    with asking("sagemaker", f"describing {arn}", region=_region(arn)) as sagemaker:
        package = sagemaker.describe_model_package(ModelPackageName=arn)
    made_by = str(package.get("MetadataProperties", {}).get("GeneratedBy", ""))
    if JOB in made_by:
        return of_job(made_by, channel)
    containers = package.get("InferenceSpecification", {}).get("Containers", [])
    urls = [str(container.get("ModelDataUrl", "")) for container in containers]
    for url in urls:
        name = url.removesuffix(ARTIFACT).rpartition("/")[2]
        if url.endswith(ARTIFACT) and name:
            return _found(name, channel, region=_region(arn), artifact=url)
    raise ConfigurationError(
        f"{arn} names no training job: neither in MetadataProperties.GeneratedBy nor by the place of its artifact; "
        "whoever registers it must say so, or name the job with --training-job"
    )


def of_job(name: str, channel: str | None) -> TrainingSet:
    """Find what a training job, by its name or ARN, was given."""
    return _found(name.rpartition("/")[2], channel, region=_region(name))


def _found(name: str, channel: str | None, *, region: str | None, artifact: str | None = None) -> TrainingSet:
    with asking("sagemaker", f"describing training job {name}", region=region) as sagemaker:
        job = sagemaker.describe_training_job(TrainingJobName=name)
    made = job.get("ModelArtifacts", {}).get("S3ModelArtifacts")
    if artifact is not None and made != artifact:
        raise ConfigurationError(f"training job {name} made {made}, not {artifact}: name the job with --training-job")
    if job.get("TrainingJobStatus") != "Completed":
        raise ConfigurationError(f"training job {name} is {job.get('TrainingJobStatus')}, expected Completed")
    return _channel(name, job.get("InputDataConfig", []), channel)


def _channel(job: str, channels: Sequence[Mapping[str, Any]], wanted: str | None) -> TrainingSet:
    named = {str(channel["ChannelName"]): channel for channel in channels}
    names = [wanted] if wanted else [name for name in named if name in USUAL] or list(named)
    if len(names) != 1 or names[0] not in named:
        raise ConfigurationError(
            f"training job {job} has the channels {', '.join(named) or 'none'}: name one with --channel"
        )
    chosen = named[names[0]]
    source = chosen.get("DataSource", {}).get("S3DataSource")
    if not source or not str(source.get("S3Uri", "")).startswith(SCHEME):
        raise ConfigurationError(f"channel {names[0]!r} of training job {job} does not read from S3")
    try:
        split(source["S3Uri"])
    except ContractError as error:
        raise ConfigurationError(f"channel {names[0]!r} of training job {job} reads a whole bucket") from error
    return TrainingSet(
        job, names[0], source["S3Uri"], source["S3DataType"], chosen.get("ContentType"),
        chosen.get("CompressionType") == "Gzip",
    )  # fmt: skip


def _region(arn: str) -> str | None:
    parts = arn.split(":")
    return parts[3] if len(parts) > 4 and parts[0] == "arn" else None
