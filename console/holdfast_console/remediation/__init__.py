"""Plans at an operator's desk: read, allowed, carried out and taken back by the code that the functions use."""
