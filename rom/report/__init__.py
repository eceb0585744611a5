"""What people see of an examination: words, tables, and the overlay video."""
