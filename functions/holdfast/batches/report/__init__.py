"""The report on one batch: what is told of it, and how it is drawn."""
