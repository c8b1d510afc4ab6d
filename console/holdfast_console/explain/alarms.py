"""What CloudWatch alarms cause, by each of the three ways they come."""

from holdfast_console.explain.words import Action, Document, action, needed, text

STATE_CHANGE, EDITED = "CloudWatch Alarm State Change", "CloudWatch Alarm Configuration Change"


def bridged(event: Document) -> list[Action]:
    """Explain an alarm's event of EventBridge."""
    if event.get("detail-type") == EDITED:
        return action("record_only", "an alarm was edited", alarm=needed("alarm", text(event, "detail", "alarmName")))
    return explain(text(event, "detail", "alarmName"), text(event, "detail", "state", "value"))


def direct(event: Document) -> list[Action]:
    """Explain an alarm's Lambda action."""
    return explain(text(event, "alarmData", "alarmName"), text(event, "alarmData", "state", "value"))


def published(message: Document) -> list[Action]:
    """Explain an alarm's message to a topic."""
    return explain(text(message, "AlarmName"), text(message, "NewStateValue"))


def explain(alarm: str | None, state: str | None) -> list[Action]:
    """Say what becomes of an alarm: only ALARM may stop or roll back anything."""
    if state == "ALARM":
        return action("handle_alarm", "the alarm fired", alarm=needed("alarm", alarm), state=state)
    return action("record_only", f"state {state or 'not told'} is no ALARM", alarm=alarm, state=state)
