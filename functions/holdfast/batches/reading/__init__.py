"""From files to chunks of columns, within limits."""
