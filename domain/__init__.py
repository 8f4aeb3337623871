"""The words every other room speaks: frozen types with units, the error family, the ports. Imports nothing of ours."""
