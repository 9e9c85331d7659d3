"""A plan as a script of SQL for people who run it in a database of their own."""
