"""The page Folders."""
