"""Is the model any good? Scores as they were before each outcome, held against what came of it."""
