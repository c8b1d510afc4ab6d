"""Facts that several controls read."""
