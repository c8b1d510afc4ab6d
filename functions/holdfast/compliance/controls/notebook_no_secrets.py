"""No secret stands in the scripts that run on a notebook instance."""

from holdfast.compliance.checks.lifecycle_scripts import written_secrets
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_linked import NOTEBOOK_SCRIPTS


def check(facts: Facts) -> Ruling:
    """Fail if a script holds what looks like a secret; say where, never what."""
    return written_secrets(facts[NOTEBOOK_SCRIPTS])


CONTROL = Control(
    id="notebook_no_secrets",
    kind="sagemaker_notebook_instance",
    title="its lifecycle scripts hold no secrets",
    severity="high",
    rationale="Whoever may describe a lifecycle configuration reads its scripts, and the secrets in them.",
    advice="Take the secret out of the script, read it from Secrets Manager at start, and have it replaced.",
    references=("Prowler sagemaker_notebook_instance_no_secrets",),
    events=(),
    reads=(NOTEBOOK_SCRIPTS,),
    check=check,
    optional=True,
)
