"""The model: problems, policies, the objective, its gradient, and ascents on it."""
