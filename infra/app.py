"""Put the two stacks of a stage together."""

import json
import tempfile
from pathlib import Path

from aws_cdk import App, DefaultStackSynthesizer, Environment, Tags
from aws_cdk import aws_iam as iam

from holdfast.compliance.rulebook import Governed
from holdfast.manifest import Manifest
from holdfast.shared.errors import ConfigurationError
from infra.code import code_sets
from infra.settings import Stage
from infra.stacks.reactive import Reactive
from infra.stacks.stateful import Stateful

CDK = Path(__file__).parents[1] / "cdk.json"


def empty_app(outdir: str) -> App:
    """Give an app with the context of cdk.json, which the CDK's command would bring, and may overrule."""
    return App(context=json.loads(CDK.read_text())["context"], outdir=outdir, analytics_reporting=False)


def build(app: App, manifest: Manifest, stage: Stage, *, source: bool) -> tuple[Stateful, Reactive]:
    """Add a stage's stacks to an app; `source` takes the functions as they are instead of their packages."""
    Governed(manifest)
    env = Environment(account=stage.account, region=region_of(manifest, stage))
    stateful = Stateful(
        app, f"Holdfast-{stage.name}-Stateful", stage=stage, manifest=manifest, env=env, synthesizer=_synthesizer(stage)
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        reactive = Reactive(
            app, f"Holdfast-{stage.name}-Reactive", stage=stage, manifest=manifest, stateful=stateful,
            code=code_sets(manifest, Path(folder), source=source), env=env, synthesizer=_synthesizer(stage),
        )  # fmt: skip
    for stack in (stateful, reactive):
        for name, value in stage.tags.items():
            Tags.of(stack).add(name, value)
    if stage.permissions_boundary is not None:
        boundary = iam.ManagedPolicy.from_managed_policy_arn(reactive, "Boundary", stage.permissions_boundary)
        iam.PermissionsBoundary.of(reactive).apply(boundary)
    return stateful, reactive


def region_of(manifest: Manifest, stage: Stage) -> str | None:
    """Give the stage's region, else that of the buckets: S3 announces objects only in the region they are in."""
    regions = {bucket.region for bucket in manifest.buckets}
    region = stage.region or min(regions, default=None)
    if others := sorted(regions - {region}):
        where = f"stage {stage.name} is deployed in {region}"
        raise ConfigurationError(
            f"{where}, the manifest has buckets in {', '.join(others)}: a stage governs one region"
        )
    return region


def _synthesizer(stage: Stage) -> DefaultStackSynthesizer:
    return DefaultStackSynthesizer(qualifier=stage.qualifier)
