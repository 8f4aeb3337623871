"""Where approved actions go."""
