"""How the tables came to be, step by step. Run by `memory.database` when it opens."""
