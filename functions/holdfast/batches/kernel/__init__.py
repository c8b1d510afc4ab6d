"""Counts and what follows from them: numpy and pyarrow, no I/O."""
