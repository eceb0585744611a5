"""The goniometer's landmarks: fixed vertices of the shared topology, and joint centres of the skeleton.

Every body has the same vertices in the same order, so one id is the same place of the skin on all of them.
The ids (`landmarks.csv`, left and right; the right is the left's mirror twin) were chosen by looking: the
wire of the foot and knee with vertex numbers was drawn from the side, from below and at the knee, candidates
were listed with their place (mm from the joint centre at 1.7 m stature) on four, then thirty bodies, the
choice drawn on ten bodies from 6 to 84 years, both sexes, thin to heavy, and looked at again.

================== =====================================================================================
fibular_head       lateral, 36 mm below and 16 mm behind the knee's centre (MakeHuman models no bump there)
lateral_epicondyle lateral, level with the knee's centre: what "knee" means where no fibular head is known
lateral_malleolus  the bump's most lateral vertex, 6 mm above and 9 mm behind the ankle's centre
medial_malleolus   the inner bump's most medial vertex, 9 mm before the ankle's centre
heel_posterior     hindmost vertex of the calcaneus (the hindmost of all in most bodies)
heel_plantar       lowest vertex of the heel pad (in every body looked at), 16 % of the foot from behind
mt5_plantar        under the head of the fifth metatarsal, 67 % of the foot from behind
mt1_plantar        under the head of the first metatarsal, 73 % of the foot from behind
toe_tip            tip of the great toe
heel_lateral       outer edge of the heel pad: with mt5_plantar the outer border of the foot as a camera sees it
knee_centre        joint centre: the shank bone's head
ankle_centre       joint centre: the foot bone's head
================== =====================================================================================
"""

import csv
from functools import cache
from pathlib import Path

LANDMARKS_CSV = Path(__file__).with_name("landmarks.csv")
#: Skin landmarks in the order of every array of landmarks, then the two joint centres.
SKIN_LANDMARKS = (
    "fibular_head",
    "lateral_epicondyle",
    "lateral_malleolus",
    "medial_malleolus",
    "heel_posterior",
    "heel_plantar",
    "mt5_plantar",
    "mt1_plantar",
    "toe_tip",
    "heel_lateral",
)
JOINT_CENTRES = {"knee_centre": "lowerleg01", "ankle_centre": "foot"}
LANDMARKS = (*SKIN_LANDMARKS, *JOINT_CENTRES)
#: Landmarks on the sole: on a shod foot they lie on the outer sole below the skin's point.
SOLE_LANDMARKS = ("heel_plantar", "heel_lateral", "mt5_plantar", "mt1_plantar")


@cache
def landmark_vertices() -> dict[str, dict[str, int]]:
    """Vertex ids by side ('L', 'R') and landmark.

    >>> landmark_vertices()["L"]["lateral_malleolus"]
    11444
    """
    with LANDMARKS_CSV.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        side: {row["landmark"]: int(row[column]) for row in rows}
        for side, column in (("L", "left"), ("R", "right"))
    }
