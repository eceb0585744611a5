"""`python -m calibration.people [BODY ...]`: make the planned bodies (all when none is named)."""

import sys

from calibration.people.build import make_people

if __name__ == "__main__":
    make_people(sys.argv[1:] or None)
