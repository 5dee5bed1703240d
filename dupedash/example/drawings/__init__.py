"""Everything that can be drawn. A drawing takes a canvas and its options, and knows nothing of files."""
