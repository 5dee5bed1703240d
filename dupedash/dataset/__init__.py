"""What a scan on a cluster keeps: a folder, here or at an address, with descriptions and results as Parquet.

`places` is the folder, `layout` what lies where in it. Who only reads needs nothing but pyarrow; addresses
other than folders of this machine are read by fsspec, which comes with the extra `dask`.
"""
