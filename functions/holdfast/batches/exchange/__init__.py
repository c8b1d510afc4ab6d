"""What other tools say of data, in their files: read and written, and nothing dropped silently. Pure."""
