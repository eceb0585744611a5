"""``python -m calibration report``: write the generated parts of the documents."""

import argparse

from calibration.report import write_documents


def main() -> None:
    """Run one of the commands."""
    parser = argparse.ArgumentParser(prog="python -m calibration", description="Evidence for the instrument.")
    parser.add_argument("command", choices=["report"], help="report: write the generated tables")
    parser.parse_args()
    write_documents()


if __name__ == "__main__":
    main()
