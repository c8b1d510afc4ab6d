"""The verdict in two sentences: what it is, and who must act. Pure."""

from collections.abc import Sequence

from holdfast.batches.report.document import Examination, Provenance
from holdfast.batches.verdict import BatchAssessment, Level

WAITS = {
    "baseline": "Nobody: it is judged again by itself as soon as the model's baseline stands.",
    "parts": "The producer of the batch must act: a part that it names is not there.",
    "service": "Nobody: a service did not answer, and the batch is judged again by itself.",
    "permission": "The operator of Holdfast: the batch may not be read. Its producer is not at fault.",
}


def sentence(assessment: BatchAssessment) -> str:
    """Say what the verdict is, in one sentence."""
    drifted = _named(assessment, Level.DRIFT)
    total = len({result.name for result in assessment.columns})
    said = {
        Level.NONE: "This batch looks like the reference.",
        Level.NOTICE: f"Small but certain changes in {_of(_named(assessment, Level.NOTICE), total)}: below the "
        "threshold of drift.",
        Level.DRIFT: f"Drift in {_of(drifted, total)}." if drifted else "This batch has drifted.",
        Level.QUARANTINED: "This batch is refused.",
        Level.NOT_ENOUGH_DATA: "Too few rows to judge.",
        Level.UNKNOWN: "This batch could not be judged.",
    }
    return said[assessment.level]


def action(
    assessment: BatchAssessment, provenance: Provenance, waits_for: str | None, examinations: Sequence[Examination] = ()
) -> str:
    """Say who must act: on what a sample shows, too, where all rows do not."""
    owner = f"The model's owner{f', {provenance.owner},' if provenance.owner else ''}"
    said = {
        Level.NONE: "Nobody needs to act.",
        Level.NOTICE: "Nobody needs to act now; the columns below are worth a look.",
        Level.DRIFT: f"{owner} must act: find out what changed before the model's answers on such data are relied on.",
        Level.QUARANTINED: "The producer of the batch must act: mend it and deliver it again. It enters no training.",
        Level.NOT_ENOUGH_DATA: "Nobody needs to act; a verdict on so few rows would be a guess.",
        Level.UNKNOWN: "The operator of Holdfast must act: what is in its way stands below. The batch is not at fault.",
    }
    drifted = [one.detector for one in examinations if one.level is Level.DRIFT]
    if drifted and assessment.level in (Level.NONE, Level.NOTICE):
        return f"{owner} should look: {', '.join(drifted)} found drift in a sample, the tests on all rows did not."
    return WAITS.get(waits_for or "", said[assessment.level])


def _named(assessment: BatchAssessment, level: Level) -> int:
    return len({result.name for result in assessment.columns if result.level is level})


def _of(some: int, total: int) -> str:
    return f"{some} of {total} columns" if total > 1 else "the one column"
