"""From counts to scores, bounds and ratings, exactly (M9). Knows nothing of cases or engines."""
