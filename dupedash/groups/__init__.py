"""Groups of duplicates: the graph of the matches, cut at a threshold; what other thresholds would give.

>>> matches = Matches.of([("a", "b", 0.98), ("b", "c", 0.8), ("d", "e", 0.72)])
>>> graph = DuplicateGraph(matches)
>>> len(graph.cut(0.95)), graph.cut(0.95).members(0)
(1, ('a', 'b'))
>>> len(graph.cut(0.7)), graph.cut(0.7).members(0)
(2, ('a', 'b', 'c'))
"""
