"""Which files a collection has: folders walked, what is left out, which document belongs to which file."""
