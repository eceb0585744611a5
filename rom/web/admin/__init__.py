"""What an admin looks after: accounts, whose care somebody is in, and the log of what was done. Nobody's ankle."""

from fastapi import FastAPI

from rom.web.admin import accounts, care, log
from rom.web.ground import Ground

PAGES = (accounts, care, log)


def register(app: FastAPI, ground: Ground) -> None:
    """All pages of the admin's."""
    for page in PAGES:
        page.register(app, ground)
