"""Facts in, findings out. No clock, no network, no settings."""
