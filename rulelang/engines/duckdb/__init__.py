"""DuckDB in process: the tables that a query looks up, the query run, its rows."""
