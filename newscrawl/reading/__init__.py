"""Reading: a page in, article and links out. No network, no clock."""
