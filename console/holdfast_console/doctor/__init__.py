"""What would otherwise be silence: each check says well, wrong, or could not be checked."""
