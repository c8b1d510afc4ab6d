"""What AWS charges: dated tables that ship with the package."""
