"""Lucene's syntax: from text to a tree and its dates, words and literals."""
