"""What people decide on the pages: make a decision, take it back, list all, take them along."""
