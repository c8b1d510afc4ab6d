"""The `holdfast` command and the local twin; never shipped to Lambda."""
