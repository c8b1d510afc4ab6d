"""The hands: make one planned call on one bucket of ours, and see the bucket as it is then."""

from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from holdfast.compliance import catalogue
from holdfast.compliance.adapter import Account
from holdfast.compliance.facts import GoneError
from holdfast.compliance.remediation.carrying import Plan
from holdfast.compliance.remediation.effects import SETTINGS
from holdfast.compliance.remediation.entries import PlannedCall
from holdfast.compliance.remediation.look import Look, look
from holdfast.compliance.rulebook import Rules
from holdfast.shared.clients import code_of, translate
from holdfast.shared.errors import ConfigurationError, ContractError, TransientError

ALREADY = frozenset({"NoSuchBucketPolicy", "NoSuchPublicAccessBlockConfiguration", "NoSuchTagSet"})


class Bucket:
    """The bucket of a plan; raises at once if the plan is of another account, or of a control that is gone."""

    def __init__(self, plan: Plan, s3: Any, account: Account, rules: Rules) -> None:
        self._plan, self._s3, self._account, self._rules = plan, s3, account, rules
        if account.account != plan.body.account:
            raise ConfigurationError(f"the plan is for account {plan.body.account}, these are of {account.account}")
        if plan.control not in catalogue.every_control():
            raise ConfigurationError(f"there is no control {plan.control} any more: the plan cannot be proved")

    def look(self, *, now: datetime) -> Look:
        """Read it and judge the plan's control; raises `GoneError` or `UnreadableError`."""
        kind = catalogue.every_kind()[self._plan.body.resource_kind]
        control = catalogue.every_control()[self._plan.control]
        resource = self._account.resource(kind, self._plan.body.resource)
        return look(control, resource, self._account.readings(resource, kind, now=now), self._rules, now=now)

    def make(self, call: PlannedCall) -> None:
        """Make one call, as nobody but the bucket's owner may; what is deleted already is deleted."""
        if call.operation not in SETTINGS:
            raise ContractError(f"{call.operation} is no call that a remediation may make")
        bucket = {"Bucket": self._plan.body.resource, "ExpectedBucketOwner": self._plan.body.account}
        said = f"{call.operation} on {self._plan.body.resource}"
        try:
            getattr(self._s3, call.operation)(**bucket, **call.arguments)
        except ClientError as error:
            if code_of(error) == "NoSuchBucket":
                raise GoneError(f"bucket {self._plan.body.resource} is gone") from error
            if code_of(error) not in ALREADY:
                raise translate(error, said) from error
        except BotoCoreError as error:
            raise TransientError(f"{said}: {str(error)[:200]}") from error
