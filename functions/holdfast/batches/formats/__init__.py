"""The formats a table may come in: one file each, found by itself."""
