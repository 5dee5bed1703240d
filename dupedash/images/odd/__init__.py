"""Files that Pillow reads wrongly or not at all: odd bitmaps, deep samples, damaged files."""
