"""Drawings of our own, SVG in the page: the ankle to tap on, the exams in motion, the room from above."""
