"""Entry point: CloudFormation is about to make something, so answer whether it would obey its controls."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.compliance.proposal.contract import Answer, HookRequest, allowed, unread
from holdfast.compliance.proposal.fetching import template_of
from holdfast.compliance.proposal.logic import decided, proposed
from holdfast.compliance.rulebook import Governed
from holdfast.compliance.settings import HookSettings
from holdfast.manifest import Manifest
from holdfast.shared.clock import now
from holdfast.shared.errors import GovernanceError

logger = Logger(service="compliance-hook")


@cache
def settings() -> HookSettings:
    """Read what the function was told once per execution environment."""
    return HookSettings.load(os.environ)


@cache
def rules() -> Governed:
    """Read what is governed once per execution environment."""
    return Governed(Manifest.load(settings().manifest))


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Answer:
    """Judge a proposal; what cannot be read is refused, and the hook's failure mode says what that means."""
    token = event.get("clientRequestToken") or event.get("clientRequesttoken")
    try:
        answer = answered(HookRequest.receive(event))
    except GovernanceError as error:
        logger.warning("proposal not judged", reason=str(error))
        return unread(token if isinstance(token, str) else None, f"not judged: {error}")
    logger.info("proposal judged", status=answer["hookStatus"], told=answer["message"])
    return answer


def answered(request: HookRequest) -> Answer:
    """Read what is proposed and decide."""
    if request.is_deletion:
        return allowed(request.token, "what goes is not judged")
    text = template_of(request.payload) if request.is_stack else None
    return decided(request, proposed(request, settings(), text), rules(), settings(), now=now())
