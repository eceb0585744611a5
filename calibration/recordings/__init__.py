"""Exams rendered from a plan, with the true ankle angle of every frame."""
