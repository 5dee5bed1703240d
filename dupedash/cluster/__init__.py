"""The full scan on a Dask cluster, for collections that outgrow one machine; the extra `dask`.

Dask schedules, shuffles, retries and spills; what is here describes, votes and verifies, by the functions of
the embedded engine:

    listing → describe → identical → pictures → candidates → compare → result

Between two stages lies what the first wrote, as Parquet: a scan that was stopped goes on from there.
"""
