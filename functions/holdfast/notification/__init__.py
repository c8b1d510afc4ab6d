"""Tell people what was decided."""
