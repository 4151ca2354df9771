"""Taking a site's articles from web archives: the Scrapy parts."""
