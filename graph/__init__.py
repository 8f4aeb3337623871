"""Order and waiting: what happens after what, and who is waited for."""
