"""Record every decision once, in order, announced for certain, and provably unbroken."""
