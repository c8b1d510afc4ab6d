"""What alibi-detect needs around it: its import, bounded samples, and columns as numbers."""
