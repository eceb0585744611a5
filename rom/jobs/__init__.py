"""What is done in the background: rows of the store, worked off on a Dask cluster."""
