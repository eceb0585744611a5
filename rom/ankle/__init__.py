"""What the angle means: which landmarks make it, from which side and how it was seen, and whether to trust it."""
