"""Moments of real video with the goniometer's points set by eye, twice: for testing, never for training."""
