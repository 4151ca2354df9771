"""Our commands beside Scrapy's own: `scrapy crawl` with a run behind it, `scrapy show`, `scrapy edit`."""
