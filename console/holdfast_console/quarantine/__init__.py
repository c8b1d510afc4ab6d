"""Quarantined batches at a person's desk."""
