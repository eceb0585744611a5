"""How a page of the desk is looked at: what axe finds grave, what sticks out, what the keyboard reaches."""

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

#: axe counts these as faults that keep somebody out.
GRAVE = ("serious", "critical")
WIDTHS_PX = (360, 768, 1280)
#: The smallest that a finger or a shaking hand hits (WCAG 2.2, target size, minimum).
TARGET_PX = 24
#: What a screen reader would call the element that has the focus.
NAME = """() => { const e = document.activeElement;
  return (e.getAttribute('aria-label') || e.closest('label')?.querySelector('span')?.innerText || e.innerText
    || e.name || '').trim(); }"""


def faults(page: Page) -> list[str]:
    """Everything that is wrong with a page as it stands."""
    page.wait_for_selector("h1")
    found = []
    for width in WIDTHS_PX:
        page.set_viewport_size({"width": width, "height": 900})
        for one in Axe().run(page).response["violations"]:
            if one["impact"] in GRAVE:
                found += [f"{width}: {one['id']}: {node['html'][:120]}" for node in one["nodes"]]
        beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found += [f"{width}: {beyond} px too wide"] if beyond > 0 else []
        small = page.evaluate(
            "least => [...document.querySelectorAll('.rom-desk .rom-button, .rom-desk select, .rom-desk input')]"
            ".filter(e => e.offsetParent && !e.classList.contains('rom-unseen') && e.type !== 'radio'"
            " && e.getBoundingClientRect().height < least).map(e => e.outerHTML.slice(0, 80))",
            TARGET_PX,
        )
        found += [f"{width}: too small: {words}" for words in small]
    return found


def reach(page: Page, name: str) -> None:
    """Tab until what has the focus is called so."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(NAME).startswith(name):
            return
    raise AssertionError(f"the keyboard does not reach '{name}'")
