"""Pages in WARC files (ISO 28500): ours are written, and those of any crawler are read."""
