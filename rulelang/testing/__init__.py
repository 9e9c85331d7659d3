"""Running the examples of a pack: what was expected, what came, and why. Prints nothing."""
