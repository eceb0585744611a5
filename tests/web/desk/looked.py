"""How a page of the desk is looked at: what axe finds grave, and what sticks out at three widths."""

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

#: axe counts these as faults that keep somebody out.
GRAVE = ("serious", "critical")
WIDTHS_PX = (360, 768, 1280)
#: The smallest that a finger or a shaking hand hits (WCAG 2.2, target size, minimum).
TARGET_PX = 24


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
