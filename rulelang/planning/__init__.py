"""From a checked pack to a plan that any engine can follow."""
