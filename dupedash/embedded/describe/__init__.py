"""What is kept of a picture to compare it with others."""
