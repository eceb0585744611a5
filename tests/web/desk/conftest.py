"""A page of the desk may take its time on a busy machine: what is expected is waited for."""

from playwright.sync_api import expect

expect.set_options(timeout=8_000)
