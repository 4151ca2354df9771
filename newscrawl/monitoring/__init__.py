"""Monitoring: how a run is held against earlier ones, what it ends with, and who is told."""
