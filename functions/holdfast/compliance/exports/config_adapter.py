"""AWS Config, as far as a custom rule answers it."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from holdfast.compliance.exports.config_events import MOST_EVALUATIONS, TEST
from holdfast.shared.clients import client, translate
from holdfast.shared.errors import TransientError


class Answers:
    """Put a rule's evaluations, a hundred at a time; a test run is judged, and nothing is put."""

    def __init__(self, config: Any) -> None:
        self._config = config

    @classmethod
    def connect(cls) -> "Answers":
        """Open AWS Config."""
        return cls(client("config"))

    def put(self, evaluations: Iterable[dict[str, Any]], *, token: str) -> int:
        """Put evaluations as they come and count them; raises if Config did not take one."""
        rest, count = iter(evaluations), 0
        while chunk := list(islice(rest, MOST_EVALUATIONS)):
            if token != TEST:
                self._put(chunk, token)
            count += len(chunk)
        return count

    def _put(self, chunk: list[dict[str, Any]], token: str) -> None:
        try:
            failed = self._config.put_evaluations(Evaluations=chunk, ResultToken=token).get("FailedEvaluations") or []
        except ClientError as error:
            raise translate(error, f"putting {len(chunk)} evaluations") from error
        except BotoCoreError as error:
            raise TransientError(f"putting {len(chunk)} evaluations: {error}") from error
        if failed:
            named = ", ".join(str(one.get("ComplianceResourceId")) for one in failed[:5])
            raise TransientError(f"config did not take {len(failed)} of {len(chunk)} evaluations: {named}")
