"""All sites at once: which are crawled, by which processes, and for how long."""
