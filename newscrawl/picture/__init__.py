"""The picture of a page: what was taken from it, in place and in colours, and what was left."""
