"""Groups of duplicates: the graph of the matches, cut at a threshold; what other thresholds would give."""
