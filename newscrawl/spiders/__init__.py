"""The spiders. Sites are data and have no module here; a hand-written spider in this folder is found as in any
project."""
