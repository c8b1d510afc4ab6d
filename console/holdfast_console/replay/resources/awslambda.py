"""AWS::Lambda: functions, their layers, and what feeds them."""

import json
from typing import Any

from holdfast_console.replay.intrinsics import Installed, TemplateError
from holdfast_console.replay.matcher import Pattern
from holdfast_console.replay.service import Service
from holdfast_console.replay.site import EventSource, InstalledFunction, Resource, Site, document
from holdfast_console.replay.wiring import Edge, EdgeKind, FunctionFact, permission_document

DEFAULT_BATCH = {"sqs": 10, "dynamodb": 100}
FOREVER = -1


def function(resource: Resource, site: Site) -> Installed:
    """Set a function up as the template configures it."""
    properties = resource.properties
    physical, role = properties.take("FunctionName") or resource.named(), properties.need("Role")
    arn = site.arn("lambda", f"function:{physical}")
    code, image = properties.need("Code"), properties.take("PackageType") == "Image"
    place = code["ImageUri"] if image else code["S3Key"]
    handler = properties.part("ImageConfig").take("Command", [None])[0] if image else properties.need("Handler")
    if handler is None:
        raise TemplateError(f"{resource.logical_id}: an image function must say its command in ImageConfig")
    traced = properties.part("TracingConfig").take("Mode") == "Active"
    group = properties.part("LoggingConfig").take("LogGroup", f"/aws/lambda/{physical}")
    site.functions[arn] = InstalledFunction(
        name=_construct(resource), physical_name=physical, arn=arn, role_arn=role, handler=str(handler),
        code=site.asset(str(place), of=resource.logical_id), is_image=image,
        environment=dict(properties.part("Environment").take("Variables", {})),
        layers=tuple(_layer(site, layer, resource) for layer in properties.take("Layers", [])),
        timeout_seconds=int(properties.take("Timeout", 3)), memory_mb=int(properties.take("MemorySize", 128)),
    )  # fmt: skip
    properties.without_effect(
        "Architectures", "Description", "EphemeralStorage", "RecursiveLoop", "ReservedConcurrentExecutions", "Runtime"
    )
    site.add(FunctionFact(arn, role, traced=traced))
    site.edges.append(Edge(EdgeKind.EXECUTION, arn, site.arn("logs", f"log-group:{group}")))
    return Installed(physical, {"Arn": arn})


def layer_version(resource: Resource, site: Site) -> Installed:
    """Lay a layer's folder out for the functions that name it."""
    name = resource.properties.take("LayerName") or resource.named(most=140)
    content = resource.properties.need("Content")
    resource.properties.without_effect("CompatibleArchitectures", "CompatibleRuntimes", "Description", "LicenseInfo")
    arn = site.arn("lambda", f"layer:{name}:1")
    site.layers[arn] = site.asset(str(content["S3Key"]), of=resource.logical_id)
    return Installed(arn, {"LayerVersionArn": arn})


def event_source_mapping(resource: Resource, site: Site) -> Installed:
    """Feed a function from a queue or a table's stream."""
    properties = resource.properties
    source, named = properties.need("EventSourceArn"), properties.need("FunctionName")
    arn = named if str(named).startswith("arn:") else site.arn("lambda", f"function:{named}")
    if arn not in site.functions:
        raise TemplateError(f"{resource.logical_id} feeds {named}, which no template makes")
    filters = properties.part("FilterCriteria").take("Filters", [])
    failed = properties.part("DestinationConfig").take("OnFailure", {}).get("Destination")
    site.sources.append(
        EventSource(
            source=source, function=arn, enabled=properties.take("Enabled", default=True) is not False,
            batch_size=int(properties.take("BatchSize", DEFAULT_BATCH[source.split(":")[2]])),
            filters=tuple(Pattern.parse(json.loads(each["Pattern"])) for each in filters),
            reports_failures="ReportBatchItemFailures" in properties.take("FunctionResponseTypes", []),
            bisects=bool(properties.take("BisectBatchOnFunctionError")),
            most_retries=int(properties.take("MaximumRetryAttempts", FOREVER)), on_failure=failed,
        )
    )  # fmt: skip
    properties.without_effect(
        "MaximumBatchingWindowInSeconds",
        "MaximumRecordAgeInSeconds",
        "ParallelizationFactor",
        "ScalingConfig",
        "StartingPosition",
    )
    site.edges.append(Edge(EdgeKind.MAPPING, source, arn))
    if failed is not None:
        site.edges.append(Edge(EdgeKind.DESTINATION, arn, failed))
    return Installed(resource.named())


def permission(resource: Resource, site: Site) -> Installed:
    """Let a service invoke a function."""
    properties = resource.properties
    named, principal, action = (properties.need(name) for name in ("FunctionName", "Principal", "Action"))
    arn = named if str(named).startswith("arn:") else site.arn("lambda", f"function:{named}")
    policy = permission_document(
        arn, principal=principal, action=action, source_arn=properties.take("SourceArn"),
        source_account=properties.take("SourceAccount"),
    )  # fmt: skip
    site.amend(arn, of=resource.logical_id, policies=[document(resource.logical_id, policy)])
    return Installed(resource.named())


def _layer(site: Site, arn: str, resource: Resource) -> Any:
    if arn not in site.layers:
        raise TemplateError(f"{resource.logical_id} names layer {arn}, which no template makes")
    return site.layers[arn]


def _construct(resource: Resource) -> str:
    """Name a function as the construct that holds it: `BatchJudge` of `Stack/Batches/BatchJudge/Function/Resource`."""
    parts = [part for part in resource.path.split("/") if part not in ("Resource", "Function")]
    return parts[-1] if len(parts) > 1 else resource.logical_id


SERVICE = Service(
    "awslambda",
    {
        "AWS::Lambda::Function": function, "AWS::Lambda::LayerVersion": layer_version,
        "AWS::Lambda::EventSourceMapping": event_source_mapping, "AWS::Lambda::Permission": permission,
    },
)  # fmt: skip
