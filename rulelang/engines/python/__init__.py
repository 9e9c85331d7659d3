"""The per-case engine: a plan as one generated Python function that judges all items of a case."""
