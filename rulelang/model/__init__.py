"""The resolved, typed declarations of a pack: what the checker makes and the planner reads."""
