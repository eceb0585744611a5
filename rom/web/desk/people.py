"""``/desk``: everybody who is theirs."""

from fastapi import FastAPI
from nicegui import ui

from rom.web.desk.layout import desk
from rom.web.ground import Ground
from rom.web.theme import note


def register(app: FastAPI, ground: Ground) -> None:  # noqa: ARG001 - the same for every page
    """The list."""
    say = ground.say

    @ui.page("/desk")
    def everybody() -> None:
        with desk(say("People"), say, here="/desk"):
            note(say("Nobody was added yet."))
