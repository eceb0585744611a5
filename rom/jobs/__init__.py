"""What is done in the background: rows of the store, worked off on a Dask cluster.

`Jobs` is the door. The rows are the truth: Dask is told of a few at a time, and what it forgets is asked again.
A worker and its server speak through the attempt's folder (`rom.jobs.attempt`), which both must see.
"""

from rom.jobs.jobs import Jobs

__all__ = ["Jobs"]
