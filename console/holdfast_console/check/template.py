"""The template door of a check: files, folders and cdk.out in, findings with file and line out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from holdfast.compliance.formats.judged import JudgedFinding, told
from holdfast.compliance.logic import MOST_REASON
from holdfast.compliance.rulebook import Rules
from holdfast.compliance.template import judging
from holdfast.compliance.template.declared import Template, not_known
from holdfast.compliance.template.document import Document, TemplateError, read
from holdfast.shared.contract import printable

TEMPLATE, WHOLE = "template", "template_resolved"
SUFFIXES = frozenset({".json", ".yaml", ".yml", ".template"})
MANIFEST = "manifest.json"
STACK, ASSEMBLY, NESTED = "aws:cloudformation:stack", "cdk:cloud-assembly", "AWS::CloudFormation::Stack"
ASSET = "aws:asset:path"
MOST_FILES, MOST_NESTING = 5_000, 12
Parameters = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be judged, and what is given to it beside what everyone is given."""

    path: Path
    given: Parameters = field(default_factory=dict)


def findings(
    paths: Iterable[str | Path],
    rules: Rules,
    *,
    now: datetime,
    parameters: Parameters | None = None,
    watches: judging.Watches | None = None,
) -> Iterator[JudgedFinding]:
    """Judge every template below these paths; raises `TemplateError` for what is none, naming file and line."""
    templates = [_template(source, parameters or {}) for path in paths for source in sources(Path(path))]
    exports = _exports(templates)
    for template in templates:
        yield from _judged(replace(template, exports=exports), rules, watches, now=now)


def parameters_in(path: Path) -> dict[str, Any]:
    """Read parameters as names and values, or in the shapes of the AWS command and of CodePipeline."""
    document = read(path.read_bytes(), str(path))
    data = document.data
    if isinstance(data, dict) and isinstance(data.get("Parameters"), dict):
        data = data["Parameters"]
    if isinstance(data, list) and all(isinstance(one, dict) and "ParameterKey" in one for one in data):
        data = {one["ParameterKey"]: one.get("ParameterValue", "") for one in data}
    if not isinstance(data, dict) or any(isinstance(value, dict | None) for value in data.values()):
        raise document.error("expected parameters by name, or a list of ParameterKey and ParameterValue")
    return {str(name): value for name, value in data.items()}


def sources(path: Path) -> Iterator[Source]:
    """Name the templates of a path: a file, a folder that the CDK made, or any other folder."""
    if not path.is_dir():
        yield Source(path)
    elif (path / MANIFEST).is_file():
        yield from _assembly(path, 0)
    else:
        found = [one for one in sorted(path.rglob("*"))[:MOST_FILES] if _may_be_template(one)]
        if not found:
            raise TemplateError(f"{path}: no template in this folder, expected .json, .yaml, .yml or .template files")
        yield from map(Source, found)


def _assembly(folder: Path, depth: int) -> Iterator[Source]:
    """Name the templates of a folder as `cdk synth` leaves it: its manifest names stacks, and folders of stages."""
    document = read((folder / MANIFEST).read_bytes(), str(folder / MANIFEST))
    artifacts = document.data.get("artifacts") if isinstance(document.data, dict) else None
    if not isinstance(artifacts, dict) or depth > MOST_NESTING:
        raise document.error("no manifest of a cloud assembly: expected a mapping artifacts")
    found = 0
    for name, artifact in artifacts.items():
        properties = artifact.get("properties") if isinstance(artifact, dict) else None
        if not isinstance(properties, dict):
            continue
        if artifact.get("type") == STACK:
            given = _given(str(properties.get("stackName", name)), str(artifact.get("environment", "")), properties)
            yield Source(_inside(folder, properties.get("templateFile"), document), given)
            found += 1
        elif artifact.get("type") == ASSEMBLY:
            yield from _assembly(_inside(folder, properties.get("directoryName"), document), depth + 1)
            found += 1
    if not found:
        raise document.error("the manifest names no stack: there is nothing to judge")


def _given(stack: str, environment: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Read what the CDK knows of a stack: its name, `aws://account/region`, and values of parameters."""
    account, _, region = environment.removeprefix("aws://").partition("/")
    known = {"AWS::StackName": stack, "AWS::AccountId": account, "AWS::Region": region}
    written = properties.get("parameters")
    values = written if isinstance(written, dict) else {}
    return values | {name: value for name, value in known.items() if value and not value.startswith("unknown-")}


def _inside(folder: Path, name: object, document: Document) -> Path:
    """Follow a manifest to a file that lies where the manifest does."""
    found = (folder / str(name)).resolve()
    if not isinstance(name, str) or not found.is_relative_to(folder.resolve().parent) or not found.exists():
        raise document.error(f"names {printable(name)[:80]}, which is not beside it")
    return folder / name


def _may_be_template(path: Path) -> bool:
    if path.suffix not in SUFFIXES or not path.is_file() or ".git" in path.parts or "node_modules" in path.parts:
        return False
    text = path.read_bytes()
    return b"Resources" in text and (b"AWS::" in text or b"AWSTemplateFormatVersion" in text)


def _template(source: Source, parameters: Parameters) -> Template:
    document = read(source.path.read_bytes(), str(source.path))
    return Template(document, given={**source.given, **parameters})


def _exports(templates: Iterable[Template]) -> dict[str, str]:
    """Gather what the stacks export to each other; a name that two of them export is nobody's."""
    found: dict[str, str] = {}
    doubled: set[str] = set()
    for template in templates:
        own = template.exported()
        doubled |= {name for name, value in own.items() if found.get(name, value) != value}
        found |= own
    return {name: value for name, value in found.items() if name not in doubled}


def _judged(
    template: Template, rules: Rules, watches: judging.Watches | None, *, now: datetime, depth: int = 0
) -> Iterator[JudgedFinding]:
    path = template.document.path
    for one in judging.findings(template, rules, now=now, watches=watches):
        whole = told(one.finding, one.control, one.resource, one.kind, now=now)
        yield replace(
            whole,
            arn=None,
            file=path,
            line=one.line,
            logical_id=printable(one.logical_id),
            resource=printable(whole.resource),
            reason=printable(whole.reason),
        )
    for place, reason in template.lost.items():
        yield _lost(template, str(place[-1]), template.document.line(*place), reason, now=now)
    for nested in _nested(template):
        if depth > MOST_NESTING:
            raise TemplateError(f"{nested.document.path}:1: stacks nested deeper than {MOST_NESTING}")
        yield from _judged(nested, rules, watches, now=now, depth=depth + 1)


def _nested(template: Template) -> Iterator[Template]:
    """Follow the stacks within a stack that the CDK wrote beside it, with the parameters they are given."""
    folder = Path(template.document.path).parent
    for item in template.items:
        written = template.document.data["Resources"].get(item.logical_id, {})
        metadata = written.get("Metadata") if isinstance(written, dict) else None
        asset = metadata.get(ASSET) if isinstance(metadata, dict) else None
        if item.type == NESTED and isinstance(asset, str) and (path := folder / Path(asset).name).is_file():
            passed = item.properties.get("Parameters")
            own = {name: not_known(name, value) for name, value in (passed if isinstance(passed, dict) else {}).items()}
            around = {name: value for name, value in template.given.items() if name.startswith("AWS::")}
            document = read(path.read_bytes(), str(path))
            yield Template(document, given={**around, **own}, exports=template.exports)


def _lost(template: Template, name: str, line: int, reason: str, *, now: datetime) -> JudgedFinding:
    """Say that a template may declare resources that nobody judged: that is no pass."""
    around = template.around
    return JudgedFinding(
        resource_type=NESTED, resource=name, kind=TEMPLATE, account=around.account, region=around.region,
        control=WHOLE, references=(), severity="medium", verdict="unknown",
        reason=f"resources below {name[:80]} are not known: {reason}"[:MOST_REASON],
        title="every resource of the template is known",
        rationale="What a template adds only when it is deployed is not judged, which must not look like a pass.",
        advice="Give the parameter with --template-params, or judge the processed template.", observed_at=now,
        file=template.document.path, line=line, logical_id=name,
    )  # fmt: skip
