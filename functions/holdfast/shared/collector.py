"""How seldom a function looks for garbage; imported by entry points before all else, so that it holds as they import.

A start makes a hundred thousand objects, none of them garbage: looked over at Python's own threshold, after every 700,
they take a tenth of its time.
"""

import gc

OBJECTS = 150_000

gc.set_threshold(OBJECTS)
