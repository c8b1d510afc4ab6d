"""Judge what a Lambda Hook is shown: one resource, or the whole template of a stack."""

from collections.abc import Sequence
from datetime import datetime

from holdfast.compliance.contract import SEVERITIES
from holdfast.compliance.partial import Unresolved
from holdfast.compliance.proposal.contract import Answer, HookRequest, allowed, refused
from holdfast.compliance.rulebook import Governed
from holdfast.compliance.settings import HookSettings
from holdfast.compliance.template.declared import Template, not_known
from holdfast.compliance.template.document import Document, read
from holdfast.compliance.template.judging import TemplateFinding, findings

POLICY, BUCKET, ELSEWHERE = "AWS::S3::BucketPolicy", "AWS::S3::Bucket", "Elsewhere"
ALONE = Unresolved("the hook is shown one resource at a time")
UNSEEN = (
    "PublicAccessBlockConfiguration", "OwnershipControls", "AccessControl", "LifecycleConfiguration", "Tags",
    "BucketEncryption", "LoggingConfiguration", "NotificationConfiguration", "ObjectLockEnabled",
    "ObjectLockConfiguration", "ReplicationConfiguration", "VersioningConfiguration",
)  # fmt: skip


def proposed(request: HookRequest, settings: HookSettings, text: str | None) -> Template:
    """Read what is proposed as a template; a resource alone says nothing of those that belong to it."""
    given = {"AWS::AccountId": settings.account, "AWS::Region": settings.region, "AWS::Partition": settings.partition}
    if text is not None:
        return Template(read(text.encode("utf-8", "surrogatepass"), request.logical_id or request.target), given)
    name = request.logical_id or "Resource"
    resources = {name: {"Type": request.target, "Properties": request.properties}, **_beside(request, name)}
    return Template(Document(name, {"Resources": resources}), {**given, ELSEWHERE: not_known(ELSEWHERE, ALONE)})


def _beside(request: HookRequest, name: str) -> dict[str, dict[str, object]]:
    """Stand for what a bucket and its policy would tell of each other."""
    unseen = {"Ref": ELSEWHERE}
    if request.target == BUCKET:
        return {f"{name}Policy": {"Type": POLICY, "Properties": {"Bucket": unseen, "PolicyDocument": unseen}}}
    if request.target == POLICY:
        said = {"BucketName": request.properties.get("Bucket", unseen), **dict.fromkeys(UNSEEN, unseen)}
        return {f"{name}Bucket": {"Type": BUCKET, "Properties": said}}
    return {}


def decided(
    request: HookRequest, template: Template, rules: Governed, settings: HookSettings, *, now: datetime
) -> Answer:
    """Refuse what fails a control of the severity asked for; what is not known is named, and refused if so set."""
    found = tuple(findings(template, rules, now=now, watches=rules.watches))
    failed = [one for one in found if one.finding.verdict == "fail"]
    bad = [one for one in failed if SEVERITIES.index(one.finding.severity) >= SEVERITIES.index(settings.fails_from)]
    lost = [one for one in found if one.finding.verdict == "unknown"] if request.is_stack else []
    told = [*sorted(failed, key=_weight), *lost]
    if bad:
        return refused(request.token, f"{_counted(bad)}: {_said(sorted(bad, key=_weight))}", told)
    holes = [*map(_said_of, lost), *template.lost.values()] if request.is_stack else []
    if holes and settings.refuses_unknown:
        return refused(request.token, f"not known before it is deployed: {'; '.join(holes)}", told)
    if holes or failed:
        return allowed(request.token, f"allowed; {len(failed)} lesser failures, {len(holes)} not known", told)
    return allowed(request.token, f"{len(found)} verdicts, none of them a failure")


def _weight(found: TemplateFinding) -> tuple[int, str]:
    return -SEVERITIES.index(found.finding.severity), found.finding.control


def _counted(found: Sequence[TemplateFinding]) -> str:
    return "1 control fails" if len(found) == 1 else f"{len(found)} controls fail"


def _said(found: Sequence[TemplateFinding]) -> str:
    return "; ".join(map(_said_of, found))


def _said_of(found: TemplateFinding) -> str:
    return f"{found.logical_id}: {found.finding.control}: {found.finding.reason}"
