"""Numbers over time: following a person, gaps, outliers, smoothing, extremes.

Time is the container's own and may be uneven. Missing is NaN; every function says what it does with it.
Nothing here runs across a hard cut: callers work within the segments that `segments` gives.
"""
