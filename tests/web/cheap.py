"""Passwords that cost nothing, for tests of pages: what guessing costs is tried in ``tests/store``."""

from argon2 import PasswordHasher

from rom.store import accounts

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def cheap_passwords() -> None:
    """From now on, in this process."""
    vars(accounts)["_HASHER"] = CHEAP
