"""The stages of a cluster scan: each a function over parts that Dask runs, and what is sent between them."""
