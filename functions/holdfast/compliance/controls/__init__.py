"""One file per control: what it reads, the permission that takes, and why a bucket breaks it."""
