"""The leg landmarker's training: pictures of legs whose landmarks and angle are known exactly.

The way of the data, one module a step:

    stills.py    varied single pictures of one leg, knee to toes, from the generator of the recordings
    crops.py     what the network sees of them: canonical crops, disturbed
    network.py   the network and its losses (PyTorch)
    train.py     training, resumable, with a line of figures now and then
"""
