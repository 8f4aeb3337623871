"""The small exact toolbox every number comes from."""
