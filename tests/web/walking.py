"""The steps of somebody at home: by mouse, and, where a test is not about them, as the forms that they send."""

from playwright.sync_api import Page

from rom.web.pages.feels import BEFORE, NOTICED
from rom.web.pages.safety import parts

#: What the page of the camera hears when its cable is pulled.
UNPLUG = """() => {
  const [track] = picture.srcObject.getVideoTracks();
  track.stop();
  track.dispatchEvent(new Event("ended"));
}"""


def go_on(page: Page, words: str = "Go on") -> None:
    page.get_by_role("button", name=words, exact=True).click()


def say_no_to_all(page: Page, part: int) -> None:
    """All stop signs of a screen are answered with no."""
    page.get_by_text(f"Questions {part} of {len(parts())}").wait_for()
    for answer in page.get_by_role("radio", name="No", exact=True).all():
        answer.check()
    go_on(page)


def safe(page: Page) -> None:
    """From the first page through all stop signs."""
    page.goto("/")
    page.get_by_role("button", name="Begin", exact=True).click()
    for part in range(1, len(parts()) + 1):
        say_no_to_all(page, part)


def about(page: Page, age: str = "34", name: str = "") -> None:
    """Somebody new."""
    page.wait_for_url("**/about**")
    page.wait_for_selector("h1")
    if not page.url.split("?")[0].endswith("/about/new"):
        page.get_by_role("link", name="Somebody else").click()
    page.get_by_label("What may we call you?").fill(name)
    page.get_by_label("How old are you").fill(age)
    page.get_by_role("radio", name="Female", exact=True).check()
    go_on(page)


def seated_right(page: Page) -> None:
    """The exam on a chair, of the right ankle only."""
    page.get_by_role("button", name="Choose: Seated").click()
    page.get_by_role("radio", name="Only the right one").check()
    go_on(page)
    page.get_by_role("heading", name="Get ready: the right ankle").wait_for()


def send(page: Page, address: str, path: str, **answers: str) -> str:
    """A form as its page would send it; where it leads to."""
    said = page.request.post(path, form={**answers}, headers={"Origin": address}, max_redirects=0)
    assert said.status == 303, said.status
    return str(said.headers["location"])


def was_safe(page: Page, address: str) -> None:
    """All stop signs are answered with no."""
    send(page, address, "/start")
    for number, part in enumerate(parts(), 1):
        send(page, address, f"/safety/{number}", **{sign.code: "no" for sign in part})


def was_known(page: Page, address: str, label: str = "", age: str = "34") -> None:
    """And somebody new is known."""
    was_safe(page, address)
    assert send(page, address, "/about/new", label=label, age=age, sex="female") == "/feels"


def felt_well(page: Page, address: str, label: str = "", injury: str = "") -> None:
    """And nothing hurts."""
    was_known(page, address, label)
    send(page, address, "/feels/which", hurts="none")
    send(page, address, "/feels/signs", **dict.fromkeys(NOTICED, "no"))
    assert send(page, address, "/feels/since", injury=injury) == "/exam"


def felt_some_pain(page: Page, address: str) -> None:
    """And the right one hurts a little, in front."""
    was_known(page, address)
    send(page, address, "/feels/which", hurts="right")
    send(page, address, "/feels/pain", **dict.fromkeys(BEFORE, "2"))
    send(page, address, "/feels/where", place="front")


def chose(page: Page, address: str, protocol: str = "seated", sides: str = "right") -> None:
    """And an exam is chosen."""
    felt_well(page, address)
    send(page, address, "/exam", protocol=protocol)
    assert send(page, address, "/exam/sides", sides=sides, footwear="bare") == "/exam/place"
