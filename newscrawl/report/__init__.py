"""The report: one HTML page over all sites, without scripts, that needs nothing beside it."""
