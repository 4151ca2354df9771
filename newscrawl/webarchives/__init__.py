"""Web archives: what they and Common Crawl hold of a site, and how it is asked for. No network here."""
