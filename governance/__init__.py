"""May we? Policy as small pure rules, and who may press which button."""
