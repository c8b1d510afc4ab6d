"""One file per kind of resource: how it is named, listed and found in events."""
