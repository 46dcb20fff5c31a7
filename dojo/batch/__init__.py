"""Many submissions: threads, a flow run, a Dask cluster."""
