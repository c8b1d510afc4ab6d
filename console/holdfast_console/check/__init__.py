"""The `check` command's parts: what is looked at, by which rules, and how it is told."""
