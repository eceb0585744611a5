"""``/record`` as long as there is no camera: says so, and shows the way that there is."""

from fastapi import FastAPI
from nicegui import ui

from rom.web.ground import Ground
from rom.web.theme import actions, frame, link, note


def register(app: FastAPI, ground: Ground) -> None:  # noqa: ARG001 - as every page
    """The page."""
    say = ground.say

    @ui.page("/record")
    def record() -> None:
        with frame(say("Recording"), say, step=5):
            note(say("The camera is not part of this app yet. A video file can be measured instead."))
            with actions():
                link(say("Measure a video file instead"), "/file")
                link(say("Back"), "/exam/place", "calm")
