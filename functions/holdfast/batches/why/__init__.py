"""Why a batch departs from its reference: what moved, in which segment, since when, and where it is heading."""
