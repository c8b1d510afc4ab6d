"""Whose credentials a command has."""

from botocore.exceptions import BotoCoreError, ClientError

from holdfast.shared.clients import client, translate
from holdfast.shared.errors import ConfigurationError

ASKING = "asking whose credentials these are"


def caller(region: str) -> tuple[str, str]:
    """Give the caller's account and ARN, or raise a `GovernanceError` saying why they are not known."""
    try:
        found = client("sts", region).get_caller_identity()
    except ClientError as error:
        raise translate(error, ASKING) from error
    except (BotoCoreError, ValueError) as error:
        raise ConfigurationError(f"{ASKING}: {error}") from error
    return str(found["Account"]), str(found["Arn"])
