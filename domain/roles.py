"""The one role Baton itself knows; all others are the company's own words."""

ARCHITECT = "cmo"
"""Who designs the system, decides where nobody else can, and has a second tab in App Home."""
