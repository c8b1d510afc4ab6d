"""Detectors: one file each, measuring how far a batch departs from its reference."""
