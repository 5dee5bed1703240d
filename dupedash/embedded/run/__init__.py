"""Work over many pictures: worker processes, the steps that run in them, index, join and search."""
