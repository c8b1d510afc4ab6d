"""A small IAM evaluator: which statement grants or denies a request, or what is lacking.

Source: IAM user guide, "Policy evaluation logic"; KMS developer guide, "Key policies". Not modelled: service control
policies, session policies and access control lists.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.conditions import Condition, Known, conditions, expanded, like, texts

ELEMENTS = frozenset(("Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"))
GATEKEPT = ("kms:", "sts:AssumeRole")
"""Actions on resources whose own policy must admit the caller; IAM alone is not enough even within an account."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: a role by its ARN, a service by its name, or an identity provider."""

    kind: str
    name: str

    @classmethod
    def role(cls, arn: str) -> "Principal":
        """Any session of a role."""
        return cls("AWS", arn)

    @classmethod
    def service(cls, name: str) -> "Principal":
        """A service acting for itself, such as events.amazonaws.com."""
        return cls("Service", name)

    @property
    def account(self) -> str:
        """The account of a role; a service has none."""
        return self.name.split(":")[4] if self.kind == "AWS" else ""


@dataclass(frozen=True)
class Request:
    """One action on one resource, with what the condition keys say of it."""

    principal: Principal
    action: str
    resource: str
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def known(self) -> Known:
        """The context by lower-case key, since condition keys do not mind case."""
        return {key.lower(): (value,) if isinstance(value, str) else value for key, value in self.context.items()}


@dataclass(frozen=True, slots=True)
class Grant:
    """One action of one allowing statement."""

    owner: str
    """ARN of the role, or of the resource whose policy it is."""
    policy: str
    statement: str
    """Its Sid, or its place in the policy counted from 0."""
    action: str

    def __str__(self) -> str:
        return f"{self.action} (statement {self.statement} of {self.policy}, {self.owner})"


class Reach(IntEnum):
    """How far a statement fits a request; the nearest miss explains a refusal best."""

    NOTHING = 0
    ACTION = 1
    RESOURCE = 2
    PRINCIPAL = 3
    ACCOUNT = 4
    """Everything fits, but the principal only as a member of its account, which leaves it to identity policies."""
    ALL = 5


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy."""

    name: str
    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[Principal, ...] | None
    conditions: tuple[Condition, ...]
    inverted_actions: bool = False
    inverted_resources: bool = False

    @classmethod
    def parse(cls, document: object, *, name: str, where: str, names_principals: bool) -> "Statement":
        """Check a statement; a ConfigurationError names what is wrong."""
        if not isinstance(document, Mapping):
            raise ConfigurationError(f"{where}: a statement must be an object, got {document!r}")
        _check_elements(document, where, names_principals=names_principals)
        resources = document.get("NotResource", document.get("Resource", "*"))
        return cls(
            name=str(document.get("Sid") or name),
            allows=document["Effect"] == "Allow",
            actions=texts(document.get("NotAction", document.get("Action")), f"{where}: Action"),
            resources=texts(resources, f"{where}: Resource"),
            principals=_principals(document["Principal"], where) if "Principal" in document else None,
            conditions=conditions(document.get("Condition", {}), where),
            inverted_actions="NotAction" in document,
            inverted_resources="NotResource" in document,
        )

    def reach(self, request: Request) -> Reach:
        """How far the statement fits the request."""
        if not self.action_for(request):
            return Reach.NOTHING
        if not self._covers(request):
            return Reach.ACTION
        admitted = self._admits(request.principal)
        if admitted is Reach.NOTHING:
            return Reach.RESOURCE
        return admitted if self.unmet(request) is None else Reach.PRINCIPAL

    def action_for(self, request: Request) -> str | None:
        """The action, as the statement writes it, that covers the request's."""
        fitting = [action for action in self.actions if like(request.action.lower(), action.lower())]
        if self.inverted_actions:
            return None if fitting else f"all but {', '.join(self.actions)}"
        return fitting[0] if fitting else None

    def unmet(self, request: Request) -> Condition | None:
        """The first condition that does not hold."""
        return next((condition for condition in self.conditions if not condition.holds(request.known)), None)

    def _covers(self, request: Request) -> bool:
        filled = (expanded(resource, request.known) for resource in self.resources)
        return any(one is not None and like(request.resource, one) for one in filled) != self.inverted_resources

    def _admits(self, principal: Principal) -> Reach:
        if self.principals is None:
            return Reach.ALL
        return max((_admits(one, principal) for one in self.principals), default=Reach.NOTHING)

    def written_actions(self) -> Iterator[str]:
        """The actions as grants count them."""
        return iter((f"all but {', '.join(self.actions)}",) if self.inverted_actions else self.actions)


def _check_elements(document: Mapping[str, object], where: str, *, names_principals: bool) -> None:
    given = set(document)
    required = (
        {"Effect", "Principal"}
        if names_principals
        else {"Effect", "NotResource" if "NotResource" in given else "Resource"}
    )
    allowed = ELEMENTS if names_principals else ELEMENTS - {"Principal"}
    if not required <= given <= allowed or len(given & {"Action", "NotAction"}) != 1:
        raise ConfigurationError(
            f"{where}: a statement has {', '.join(sorted(required))} and one of Action and NotAction, "
            f"and otherwise only {', '.join(sorted(allowed - required))}, got {', '.join(sorted(given))}"
        )
    if document["Effect"] not in ("Allow", "Deny"):
        raise ConfigurationError(f"{where}: Effect must be Allow or Deny, got {document['Effect']!r}")


def _principals(element: object, where: str) -> tuple[Principal, ...]:
    if element == "*":
        return (Principal("AWS", "*"),)
    if not isinstance(element, Mapping) or not set(element) <= {"AWS", "Service", "Federated", "CanonicalUser"}:
        raise ConfigurationError(f"{where}: Principal must be * or name AWS, Service or Federated, got {element!r}")
    return tuple(
        Principal(kind, name) for kind, names in element.items() for name in texts(names, f"{where}: Principal")
    )


def _admits(written: Principal, principal: Principal) -> Reach:
    if written in (principal, Principal("AWS", "*")):
        return Reach.ALL
    if written.kind != principal.kind or principal.kind != "AWS":
        return Reach.NOTHING
    account = principal.account
    if written.name in (account, f"arn:aws:iam::{account}:root"):
        return Reach.ACCOUNT
    session = f"arn:aws:sts::{account}:assumed-role/{principal.name.rsplit('/', 1)[-1]}/"
    return Reach.ALL if written.name.startswith(session) else Reach.NOTHING


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document and whose it is."""

    statements: tuple[Statement, ...]
    name: str = ""
    owner: str = ""

    @classmethod
    def parse(
        cls, document: Mapping[str, object], *, name: str = "", owner: str = "", names_principals: bool = False
    ) -> "Policy":
        """Check a document, a resource's if it names principals; a ConfigurationError names policy and statement."""
        written = document.get("Statement")
        if not isinstance(written, Mapping | list | tuple):
            raise ConfigurationError(
                f"policy {name} of {owner}: Statement must be an object or a list, got {written!r}"
            )
        listed = [written] if isinstance(written, Mapping) else written
        statements = (
            Statement.parse(
                one,
                name=str(at),
                where=f"policy {name} of {owner}, statement {at}",
                names_principals=names_principals,
            )
            for at, one in enumerate(listed)
        )
        return cls(tuple(statements), name, owner)

    def grants(self) -> Iterator[Grant]:
        """All that its statements allow."""
        for statement in self.statements:
            if statement.allows:
                for action in statement.written_actions():
                    yield Grant(self.owner, self.name, statement.name, action)

    def granting(self, request: Request, reach: Reach) -> Iterator[Grant]:
        """The grants that fit a request just so far."""
        for statement in self.statements:
            if statement.allows and statement.reach(request) is reach:
                yield Grant(self.owner, self.name, statement.name, statement.action_for(request) or "")

    def denying(self, request: Request) -> Iterator[Grant]:
        """The denying statements that fit a request."""
        for statement in self.statements:
            if not statement.allows and statement.reach(request) >= Reach.ACCOUNT:
                yield Grant(self.owner, self.name, statement.name, statement.action_for(request) or "")


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a request is allowed; by which grants, or why not."""

    allowed: bool
    granted_by: tuple[Grant, ...] = ()
    cause: str = ""


def evaluate(
    request: Request,
    *,
    identity: Sequence[Policy] = (),
    resource: Sequence[Policy] = (),
    boundary: Policy | None = None,
    same_account: bool = True,
) -> Decision:
    """Decide a request as AWS would: an explicit denial first, then what admits the principal."""
    bounds = [boundary] if boundary is not None else []
    denials = [denial for policy in (*identity, *resource, *bounds) for denial in policy.denying(request)]
    if denials:
        return Decision(allowed=False, cause=f"denied by {denials[0]}")
    own = _granting(identity, request, Reach.ALL)
    direct = _granting(resource, request, Reach.ALL)
    by_account = _granting(resource, request, Reach.ACCOUNT)
    granted = _combined(request, own, direct, by_account, same_account=same_account)
    if not granted:
        return Decision(
            allowed=False, cause=_lack(request, identity, resource, same_account=same_account, own=bool(own))
        )
    if boundary is not None and not _granting(bounds, request, Reach.ALL):
        return Decision(allowed=False, cause=f"outside the permissions boundary {boundary.name}")
    return Decision(allowed=True, granted_by=granted)


Grants = tuple[Grant, ...]


def _granting(policies: Sequence[Policy], request: Request, reach: Reach) -> Grants:
    return tuple(grant for policy in policies for grant in policy.granting(request, reach))


def _combined(request: Request, own: Grants, direct: Grants, by_account: Grants, *, same_account: bool) -> Grants:
    """The grants that together admit the request, or none."""
    admitted = direct + by_account
    if request.principal.kind != "AWS":
        return direct
    if not same_account:
        return own + admitted if own and admitted else ()
    if request.action.startswith(GATEKEPT) and not direct:
        return own + by_account if own and by_account else ()
    return own + direct


def _lack(
    request: Request, identity: Sequence[Policy], resource: Sequence[Policy], *, same_account: bool, own: bool
) -> str:
    from_role = f"its own policies: {_nearest(identity, request)}"
    from_resource = f"the resource's policy: {_nearest(resource, request)}"
    if request.principal.kind != "AWS" or own:
        return from_resource
    if same_account and not request.action.startswith(GATEKEPT):
        return from_role
    return f"{from_role}; {from_resource}"


def _nearest(policies: Sequence[Policy], request: Request) -> str:
    """The allowing statement that came closest, and where it stopped."""
    candidates = [
        (statement.reach(request), at, policy, statement)
        for at, (policy, statement) in enumerate((p, s) for p in policies for s in p.statements if s.allows)
    ]
    if not candidates:
        return "there is none"
    reach, _, policy, statement = max(candidates, key=lambda candidate: (candidate[0], -candidate[1]))
    named = f"statement {statement.name} of {policy.name}"
    if reach is Reach.ACTION:
        return f"{named} allows it only on {_short(statement.resources)}"
    if reach is Reach.RESOURCE:
        return f"{named} admits only {_short([principal.name for principal in statement.principals or ()])}"
    if reach is Reach.PRINCIPAL:
        return f"{named} allows it only if {statement.unmet(request)}"
    if reach is Reach.ACCOUNT:
        return f"{named} leaves it to the account's own policies"
    return "no statement allows the action"


def _short(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
