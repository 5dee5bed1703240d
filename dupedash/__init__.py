"""Find, judge and clear duplicate images."""
