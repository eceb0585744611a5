"""Studies: many recordings to tables, on one machine or many; a run that is killed goes on where it was.

===============  ======================================================================================
`run`            the whole on one screen; `study` is the same for Python, `rom.batch`
`listing`        files, folders, patterns and manifests (`manifest`) to lines (`order`)
`glance`         what a file holds: its SHA-256, what it is, how long
`keys`, `plan`   under which keys landmarks and results are kept, and what is left to do
`engine`         portions of it to a Dask cluster; `measuring` is what a worker does with one
`work`           the folder, in which every file is whole; `pieces` is what follows from one recording
`rows`           every column of every table, declared once; `results` fills them from an examination
`tables`         the pieces to Parquet; `dictionary`, `about`, `summary` stand beside them
===============  ======================================================================================
"""

from rom.batch.run import Study
from rom.batch.study import batch

__all__ = ["Study", "batch"]
