"""The outside world, each vendor in its own file."""
