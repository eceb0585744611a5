"""From an angle over time to an examination: repetitions, range of motion, intervals."""
