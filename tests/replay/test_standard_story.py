from typing import Any

from tests.replay.conftest import check, outcomes, tell


def test_print(start: Any) -> None:
    with start(heard=lambda line: None if line.is_quiet else print(line.text()[:230])) as twin:
        tell(twin)
        print(outcomes(twin)); print([n.subject for n in twin.notifications()])
        for g in twin.unused_grants(): print(g.owner.rsplit("/",1)[-1][:60], g.policy[-20:], g.statement, g.action)
        check(twin)
