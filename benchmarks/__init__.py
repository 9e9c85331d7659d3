"""Benchmarks: `make bench` prints every figure that the documents give, with the machine and the date."""
