"""Engines that judge by one query: a plan as nodes of a query, whatever engine or dialect runs it."""
