"""Calibrate a camera: its lens from a board, its level from a line, its scale from a sheet of paper.

Each part is optional. `targets` is the board, `lens`, `level` and `scale` find one part each, `profiles` keeps them
by name, `correction` straightens landmarks by them, `checks` says what was used or would have helped.

A phone's own gravity is not used. Videos carry it in steps of 90 degrees only, as the rotation that `rom.video`
applies; the acceleration in a maker's private EXIF notes of photographs is not documented by the maker.
"""
