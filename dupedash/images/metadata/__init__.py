"""What files tell of their pictures beside the pixels: EXIF, IPTC, XMP, sidecars, records of exporters."""
