"""How fast the instrument is, measured: each module runs as `python -m calibration.benchmarks.<name>`."""
