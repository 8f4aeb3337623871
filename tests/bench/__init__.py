"""Figures, not tests: `make bench` prints them. Nothing here passes or fails."""
