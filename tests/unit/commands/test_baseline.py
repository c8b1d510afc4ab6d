"""`holdfast baseline` and `holdfast drift` find their files: folders, manifests, and what a model was trained on."""

import json
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.reading.source import named
from holdfast_console.main import main
from holdfast_console.objects import gathered

REGION = "eu-west-1"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/x:1"
ROLE = "arn:aws:iam::123456789012:role/training"
BUCKET = "ml-data"


def table(rows: int = 1_000, seed: int = 1) -> pa.Table:
    """Draw rows."""
    random = np.random.default_rng(seed)
    return pa.table({"x": random.standard_normal(rows), "c": random.choice(["a", "b"], rows)})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Lay out a reference, and a batch in parts."""
    pq.write_table(table(3_000), tmp_path / "reference.parquet")
    parts = tmp_path / "batch"
    (parts / "_temporary").mkdir(parents=True)
    for at in range(3):
        arrow_csv.write_csv(table(400, at + 2), parts / f"part-{at}.csv")
    (parts / "_temporary" / "part-9.csv").write_text("half")
    (parts / ".part-0.csv.crc").write_bytes(b"\x00crc")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Read what was printed as JSON lines."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def build(*arguments: str, to: Path) -> Baseline:
    """Build a baseline by the command."""
    assert main(["baseline", *arguments, "-o", str(to), "--json"]) == 0
    return Baseline.from_bytes(to.read_bytes())


def test_a_closed_folder_is_one_batch(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "batch" / "_SUCCESS").touch()
    assert main(["drift", str(folder / "reference.parquet"), str(folder / "batch"), "--json"]) == 0
    (line,) = said(capsys)
    assert (line["level"], line["n"]) == ("none", 1_200)


def test_a_folder_that_is_not_closed_is_refused_unless_it_is_taken_as_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["drift", str(folder / "reference.parquet"), str(folder / "batch"), "--json"]
    assert main(arguments) == 1
    (line,) = said(capsys)
    assert line["level"] == "quarantined"
    assert "is not closed: no _SUCCESS" in line["reason"]
    assert main([*arguments, "--unclosed"]) == 0


@pytest.mark.parametrize(
    "listed", [["part-0.csv", "part-2.csv"], {"entries": [{"url": "part-0.csv"}, {"url": "part-2.csv"}]}]
)
def test_a_manifest_lists_the_parts(folder: Path, capsys: pytest.CaptureFixture[str], listed: Any) -> None:
    manifest = folder / "batch" / "run.manifest"
    manifest.write_text(json.dumps(listed))
    assert main(["drift", str(folder / "reference.parquet"), str(manifest), "--json"]) == 0
    assert said(capsys)[0]["n"] == 800


@pytest.mark.parametrize("listed", [["../reference.parquet"], ["part-7.csv"], ["part-0.csv", "part-0.csv"], []])
def test_a_manifest_that_leads_elsewhere_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], listed: list[str]
) -> None:
    manifest = folder / "batch" / "run.manifest"
    manifest.write_text(json.dumps(listed))
    assert main(["drift", str(folder / "reference.parquet"), str(manifest), "--json"]) == 1
    assert said(capsys)[0]["level"] == "quarantined"


def test_a_reference_may_be_a_folder_and_several_processes_build_the_same(folder: Path) -> None:
    one = build(str(folder / "batch"), to=folder / "one.baseline")
    build(str(folder / "batch"), "--workers", "2", to=folder / "two.baseline")
    assert one.rows == 1_200
    assert (folder / "one.baseline").read_bytes() == (folder / "two.baseline").read_bytes()


def test_the_files_of_a_folder_stand_in_the_order_of_their_keys_here_as_in_s3(aws: None, tmp_path: Path) -> None:
    s3, names = bucket(), ["day-1/x.csv", "day/x.csv", "day/_kept=1/x.csv", "day/_left/x.csv", "day/.x.csv", "Day.csv"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x\n1\n")
        s3.upload_file(str(tmp_path / name), BUCKET, f"batches/1/{name}")
    for place in (str(tmp_path), f"s3://{BUCKET}/batches/1/"):
        found = [named(source).name for source in gathered(place, unclosed=True)]
        assert found == ["Day.csv", "day-1/x.csv", "day/_kept=1/x.csv", "day/x.csv"]


def test_a_prefix_in_s3_is_a_batch_once_it_is_closed(
    aws: None, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    s3 = bucket()
    for path in (folder / "batch").glob("part-*.csv"):
        s3.upload_file(str(path), BUCKET, f"batches/1/{path.name}")
    arguments = ["drift", str(folder / "reference.parquet"), f"s3://{BUCKET}/batches/1/", "--json"]
    assert main(arguments) == 1
    assert "not closed" in said(capsys)[0]["reason"]
    s3.put_object(Bucket=BUCKET, Key="batches/1/_SUCCESS", Body=b"")
    assert main(arguments) == 0
    assert said(capsys)[0]["n"] == 1_200
    entries = {"entries": [{"url": f"s3://{BUCKET}/batches/1/part-0.csv"}]}
    s3.put_object(Bucket=BUCKET, Key="batches/1.manifest", Body=json.dumps(entries).encode())
    assert main([*arguments[:2], f"s3://{BUCKET}/batches/1.manifest", "--json"]) == 0
    assert said(capsys)[0]["n"] == 400


def bucket() -> Any:
    """Make the bucket of data."""
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return s3


def channel(name: str, uri: str, kind: str = "S3Prefix", content: str = "text/csv") -> dict[str, Any]:
    """Describe a channel of a training job."""
    source = {"S3DataType": kind, "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "ContentType": content, "DataSource": {"S3DataSource": source}}


def train(name: str, *channels: dict[str, Any]) -> str:
    """Run a training job, and give the place of its artifact."""
    sagemaker = boto3.client("sagemaker", REGION)
    sagemaker.create_training_job(
        TrainingJobName=name, RoleArn=ROLE, InputDataConfig=list(channels),
        AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/models"}, StoppingCondition={"MaxRuntimeInSeconds": 60},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
    )  # fmt: skip
    return str(sagemaker.describe_training_job(TrainingJobName=name)["ModelArtifacts"]["S3ModelArtifacts"])


def register(artifact: str, **more: Any) -> str:
    """Register a model version of an artifact."""
    sagemaker = boto3.client("sagemaker", REGION)
    sagemaker.create_model_package_group(ModelPackageGroupName="bike", ModelPackageGroupDescription="bikes")
    container = {"Image": IMAGE, "ModelDataUrl": artifact}
    made = sagemaker.create_model_package(
        ModelPackageGroupName="bike", ModelPackageDescription="x",
        InferenceSpecification={"Containers": [container], "SupportedContentTypes": ["text/csv"],
                                "SupportedResponseMIMETypes": ["text/csv"]}, **more,
    )  # fmt: skip
    return str(made["ModelPackageArn"])


@pytest.fixture
def trained(aws: None, folder: Path) -> str:
    """Train on two files without a suffix, and give the place of the artifact."""
    s3 = bucket()
    for at in range(2):
        s3.upload_file(str(folder / "batch" / f"part-{at}.csv"), BUCKET, f"train/2026/part-{at}")
    s3.upload_file(str(folder / "batch" / "part-2.csv"), BUCKET, "held-out/part-2")
    return train(
        "bike-7", channel("train", f"s3://{BUCKET}/train/2026/part"), channel("validation", f"s3://{BUCKET}/held-out/")
    )


def test_the_training_set_of_a_job_is_a_reference(
    trained: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = build("--training-job", "bike-7", to=folder / "b")
    assert built.rows == 800
    (line,) = said(capsys)
    assert (line["training_job"], line["channel"], line["data"]) == (
        "bike-7",
        "train",
        f"s3://{BUCKET}/train/2026/part",
    )
    assert build("--training-job", "bike-7", "--channel", "validation", to=folder / "b").rows == 400


def test_a_model_version_leads_to_its_training_set_by_its_artifact(trained: str, folder: Path) -> None:
    assert build("--model-package", register(trained), to=folder / "b").rows == 800


def test_a_model_version_leads_to_its_training_set_by_what_made_it(trained: str, folder: Path) -> None:
    job = "arn:aws:sagemaker:eu-west-1:123456789012:training-job/bike-7"
    arn = register(f"s3://{BUCKET}/repacked/model.tar.gz", MetadataProperties={"GeneratedBy": job})
    assert build("--model-package", arn, to=folder / "b").rows == 800


def test_a_manifest_may_be_the_training_set(trained: str, folder: Path) -> None:
    listed = [{"prefix": f"s3://{BUCKET}/train/"}, "2026/part-1"]
    boto3.client("s3", REGION).put_object(Bucket=BUCKET, Key="train/list", Body=json.dumps(listed).encode())
    train("bike-8", channel("training", f"s3://{BUCKET}/train/list", "ManifestFile"))
    assert build("--training-job", "bike-8", to=folder / "b").rows == 400


@pytest.mark.parametrize(
    ("artifact", "wanted"),
    [
        (f"s3://{BUCKET}/elsewhere/x.tar.gz", "names no training job"),
        (f"s3://{BUCKET}/elsewhere/bike-7/output/model.tar.gz", "training job bike-7 made"),
    ],
)
def test_a_model_version_that_does_not_lead_back_says_who_must_act(
    trained: str, folder: Path, capsys: pytest.CaptureFixture[str], artifact: str, wanted: str
) -> None:
    assert main(["baseline", "--model-package", register(artifact), "-o", str(folder / "b")]) == 2
    told = capsys.readouterr().err.replace("\n", " ")
    assert wanted in told
    assert "--training-job" in told
    assert not (folder / "b").exists()


def test_a_job_of_several_channels_asks_which(trained: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train("bike-9", channel("left", f"s3://{BUCKET}/train/"), channel("right", f"s3://{BUCKET}/train/"))
    assert main(["baseline", "--training-job", "bike-9", "-o", str(folder / "b")]) == 2
    assert "left, right: name one with --channel" in capsys.readouterr().err.replace("\n", " ")


@pytest.mark.parametrize(
    "arguments",
    [[], ["reference.parquet", "--training-job", "x"], ["--training-job", "x", "--model-package", "y"],
     ["reference.parquet", "--channel", "x"], ["reference.parquet", "--workers", "0"]],
    ids=str,
)  # fmt: skip
def test_one_source_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.chdir(folder)
    assert main(["baseline", *arguments, "-o", "b"]) == 64


def test_a_reference_without_rows_is_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "empty.csv").write_text("x,c\n")
    assert main(["baseline", str(folder / "empty.csv"), "-o", str(folder / "b")]) == 2
    assert "no rows" in capsys.readouterr().err
