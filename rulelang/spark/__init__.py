"""Plans run as queries on Spark: where the rows are, so that only counts come back."""
