"""What CloudTrail says of the account's trails: what each records, from where, and whether it does so now."""

from dataclasses import replace
from typing import Any

from holdfast.compliance.facts import Ask, Call, Fact, Read

_LIST = Call("cloudtrail", "list_trails", "cloudtrail:ListTrails", "account")
_TRAIL = Call("cloudtrail", "get_trail", "cloudtrail:GetTrail", "account")
_STATUS = Call("cloudtrail", "get_trail_status", "cloudtrail:GetTrailStatus", "account")
_SELECTORS = Call("cloudtrail", "get_event_selectors", "cloudtrail:GetEventSelectors", "account")


def _trail(ask: Ask, listed: dict[str, Any]) -> Fact:
    """Ask for one trail where it is at home: no other Region answers for all of it."""
    arn, home = listed["TrailARN"], listed.get("HomeRegion")
    return {
        **ask(replace(_TRAIL, region=home), Name=arn).get("Trail", {}),
        "Status": ask(replace(_STATUS, region=home), Name=arn),
        "Selectors": ask(replace(_SELECTORS, region=home), TrailName=arn),
    }


def _trails(ask: Ask) -> Fact:
    listed = [trail for page in ask.pages(_LIST) for trail in page.get("Trails", [])]
    return {"Trails": [_trail(ask, trail) for trail in listed]}


TRAILS = Read("trails", (_LIST, _TRAIL, _STATUS, _SELECTORS), _trails)
