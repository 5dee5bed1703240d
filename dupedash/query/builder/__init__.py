"""The filter builder: rows of field, operator and values, to and from Lucene's text."""
