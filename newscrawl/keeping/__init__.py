"""Keeping: what survives a kill."""
