"""Holdfast governs machine learning on AWS by events: judge, ledger, actor."""
