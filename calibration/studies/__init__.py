"""Studies of whether the number is right: each module runs as `python -m calibration.studies.<name>`."""
