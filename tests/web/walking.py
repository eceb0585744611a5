"""The steps of somebody at home, by mouse: what each page is answered with."""

from playwright.sync_api import Page

CALM = {"which": "none"}


def go_on(page: Page, words: str = "Go on") -> None:
    page.get_by_role("button", name=words, exact=True).click()


def say_no_to_all(page: Page, part: int) -> None:
    """All stop signs of a screen are answered with no."""
    page.get_by_text(f"Questions {part} of 4").wait_for()
    for answer in page.get_by_role("radio", name="No", exact=True).all():
        answer.check()
    go_on(page)


def safe(page: Page) -> None:
    """From the first page through all stop signs."""
    page.goto("/")
    page.get_by_role("button", name="Begin", exact=False).first.click()
    for part in (1, 2, 3, 4):
        say_no_to_all(page, part)


def about(page: Page, age: str = "34", name: str = "") -> None:
    """Somebody new."""
    page.wait_for_url("**/about**")
    if not page.url.endswith("/about/new"):
        page.get_by_role("link", name="Somebody else").click()
    page.get_by_label("What may we call you?").fill(name)
    page.get_by_label("How old are you").fill(age)
    page.get_by_role("radio", name="Female", exact=True).check()
    go_on(page)


def feels_well(page: Page) -> None:
    """Nothing hurts."""
    page.get_by_role("radio", name="Neither hurts").check()
    go_on(page)
    page.get_by_role("heading", name="What else do you notice?").wait_for()
    for answer in page.get_by_role("radio", name="No", exact=True).all():
        answer.check()
    go_on(page)
    page.get_by_role("heading", name="Since when?").wait_for()
    go_on(page)


def seated_right(page: Page) -> None:
    """The exam on a chair, of the right ankle only."""
    page.get_by_role("button", name="Choose: Seated").click()
    page.get_by_role("radio", name="Only the right one").check()
    go_on(page)
    page.get_by_role("heading", name="Get ready: the right ankle").wait_for()


def ready(page: Page) -> None:
    """From the first page to where the camera starts."""
    safe(page)
    about(page)
    feels_well(page)
    seated_right(page)
