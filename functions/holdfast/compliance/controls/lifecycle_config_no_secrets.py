"""No secret stands in a notebook lifecycle configuration, whether a notebook uses it or not."""

from holdfast.compliance.checks.lifecycle_scripts import written_secrets
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import LIFECYCLE_CONFIG


def check(facts: Facts) -> Ruling:
    """Fail if a script holds what looks like a secret; say where, never what."""
    return written_secrets(facts[LIFECYCLE_CONFIG])


CONTROL = Control(
    id="lifecycle_config_no_secrets",
    kind="sagemaker_notebook_lifecycle_config",
    title="its scripts hold no secrets",
    severity="high",
    rationale="Whoever may describe a lifecycle configuration reads its scripts, and the secrets in them.",
    advice="Take the secret out of the script, read it from Secrets Manager at start, and have it replaced.",
    references=(),
    events=(),
    reads=(LIFECYCLE_CONFIG,),
    check=check,
    optional=True,
)
