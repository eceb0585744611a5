"""``python -m calibration.readings --plan report --model heavy``: find the landmarks in rendered recordings."""

import argparse

from calibration.readings.take import take_readings


def main() -> None:
    """Parse and run."""
    parser = argparse.ArgumentParser(description="Let the instrument look at rendered recordings.")
    parser.add_argument("--plan", default="quick")
    parser.add_argument("--model", default="heavy", choices=["heavy", "full", "lite"])
    parser.add_argument("--renderer", default="raster", choices=["raster", "cycles"])
    parser.add_argument("--workers", type=int)
    given = parser.parse_args()
    take_readings(given.plan, given.model, renderer=given.renderer, workers=given.workers)


if __name__ == "__main__":
    main()
