"""Engines: a plan applied to cases. An engine's only product is outcomes, or their counts."""
