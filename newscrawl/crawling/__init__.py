"""Crawling: the Scrapy parts of the run over one site."""
