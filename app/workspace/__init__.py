"""A Slack-compatible server on loopback, for people without a workspace and for tests."""
