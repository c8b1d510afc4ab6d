"""What an event would cause, and why: the same reading of events as the judges', without running anything."""
