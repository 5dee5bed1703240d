"""What only the files that go tell of their picture: gathered for a plan, and written beside what stays."""
