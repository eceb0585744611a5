"""Run the command line with ``python -m rom``."""

from rom.cli import main

if __name__ == "__main__":
    main()
