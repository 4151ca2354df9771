"""Inventory: what is kept of a site and what is missing, told from its files without touching any."""
