"""What is wrong with a page of the desk as it stands: for a screen reader, on a narrow window, by keyboard."""

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

WIDTHS_PX = (360, 768, 1280)
GRAVE = ("serious", "critical")
#: What a screen reader would call the element that has the focus.
NAME = """() => { const e = document.activeElement;
  return (e.getAttribute('aria-label') || e.closest('label')?.querySelector('span')?.innerText || e.innerText
    || e.name || '').trim(); }"""


def faults(page: Page) -> list[str]:
    """What axe finds grave, and at which widths something sticks out to the right."""
    page.wait_for_selector("h1")
    found = [
        f"{one['id']}: {node['html'][:120]}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]
    for width in WIDTHS_PX:
        page.set_viewport_size({"width": width, "height": 900})
        beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found += [f"{beyond} px too wide at {width}"] if beyond > 0 else []
    return found


def reach(page: Page, name: str) -> None:
    """Tab until what has the focus is called so."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(NAME).startswith(name):
            return
    raise AssertionError(f"the keyboard does not reach '{name}'")
