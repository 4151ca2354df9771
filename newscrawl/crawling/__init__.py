"""Crawling: the Scrapy parts."""
