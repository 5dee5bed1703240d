"""The filter builder and the filters that are kept under a name."""
