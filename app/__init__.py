"""The only room that puts things together and reads the environment."""
