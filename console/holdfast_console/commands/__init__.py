"""One file per command: each exports COMMAND, named like its file."""
