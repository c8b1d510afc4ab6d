"""Security Hub CSPM, as far as findings are imported into it."""

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from holdfast.compliance.exports.news import Asff, batches
from holdfast.shared.clients import TRANSIENT, client, translate
from holdfast.shared.errors import ConfigurationError, TransientError

PASSING = TRANSIENT | {"InternalException", "LimitExceeded", "LimitExceededException"}
MOST_TOLD = 5


class SecurityHub:
    """Import findings; importing one twice changes nothing, since its time of update tells it is the same."""

    def __init__(self, securityhub: Any) -> None:
        self._securityhub = securityhub

    @classmethod
    def connect(cls) -> "SecurityHub":
        """Open the Security Hub of this account and Region."""
        return cls(client("securityhub"))

    def send(self, findings: Sequence[Asff]) -> None:
        """Import all findings, and raise if any was refused, after the others were sent."""
        failed = [one for batch in batches(findings) for one in self._import(batch)]
        if not failed:
            return
        told = "; ".join(
            f"{one.get('Id')}: {one.get('ErrorCode')} {str(one.get('ErrorMessage'))[:120]}"
            for one in failed[:MOST_TOLD]
        )
        said = f"security hub refused {len(failed)} of {len(findings)} findings: {told}"
        raise (TransientError if all(one.get("ErrorCode") in PASSING for one in failed) else ConfigurationError)(said)

    def _import(self, batch: list[Asff]) -> list[dict[str, str]]:
        try:
            answer = self._securityhub.batch_import_findings(Findings=batch)
        except ClientError as error:
            raise translate(error, f"importing {len(batch)} findings into security hub") from error
        except BotoCoreError as error:
            raise TransientError(f"importing {len(batch)} findings into security hub: {error}") from error
        failed: list[dict[str, str]] = answer.get("FailedFindings") or []
        if int(answer.get("FailedCount") or 0) > len(failed):
            raise TransientError(f"security hub refused {answer['FailedCount']} findings and does not say which")
        return failed
