"""Words: texts, dates, bylines, addresses and errors. Pure."""
