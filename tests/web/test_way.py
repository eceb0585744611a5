"""The way of somebody at home, in a browser: by mouse, by keyboard alone, and where it must end."""

import re

import pytest
from playwright.sync_api import Page, expect

from rom.records import Side
from rom.samples import sample_folder
from rom.store.erase import erase_all
from rom.store.tables import ExamRow, JobRow, PersonRow
from rom.web.journey import COOKIE, Journey, load
from tests.web import walking
from tests.web.conftest import Served


@pytest.fixture(scope="module", autouse=True)
def nobody_is_known(served: Served) -> None:
    """Whoever other tests left behind is a button more to tab past."""
    with served.store() as store:
        erase_all(store)


def way_of(page: Page, served: Served) -> Journey:
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    with served.store() as store:
        return load(store, cookies[COOKIE])


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()


def test_by_mouse_to_the_camera(page: Page, served: Served) -> None:
    walking.safe(page)
    walking.about(page, "34", "Ana")
    page.get_by_role("radio", name="The right one").check()
    walking.go_on(page)
    heading(page, "How much does it hurt?")
    for question in page.get_by_role("group").all():
        question.get_by_role("radio", name="2", exact=True).check()
    walking.go_on(page)
    heading(page, "Where does it hurt?")
    page.locator("[data-place=front]").click()
    expect(page.get_by_role("checkbox", name="In front of the ankle").last).to_be_checked()
    page.get_by_role("checkbox", name="In the calf").last.check()
    expect(page.locator("[data-place=calf]")).to_have_attribute("aria-checked", "true")
    walking.go_on(page)
    heading(page, "What else do you notice?")
    for answer in page.get_by_role("radio", name="No", exact=True).all():
        answer.check()
    page.get_by_role("radio", name="Yes", exact=True).first.check()
    walking.go_on(page)
    heading(page, "Since when?")
    page.get_by_label("How and when did it begin?").fill("A jump in May.")
    walking.go_on(page)
    walking.seated_right(page)
    page.get_by_role("link", name="I am ready: start the camera").click()
    page.wait_for_url("**/record")
    journey = way_of(page, served)
    assert journey.safe
    assert (journey.protocol, journey.sides, journey.footwear) == ("seated", ("right",), "bare")
    said = journey.said
    assert said.pain == {"rest": 2, "pulling_up": 2, "pointing": 2, "walking": 2}
    assert (said.side, said.places, said.signs) == ("right", ("front", "calf"), ("swelling",))
    assert said.onset == "A jump in May."
    with served.store() as store, store.session() as session:
        person = session.get_one(PersonRow, journey.person_id)
    assert (person.label, person.age_years, person.sex) == ("Ana", 34, "female")


class Keys:
    """Hands that have no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, name: str) -> None:
        """Tab until what has the focus is called so."""
        for _ in range(80):
            self.page.keyboard.press("Tab")
            if re.search(name, self.page.evaluate(NAME)):
                return
        raise AssertionError(f"the keyboard does not reach '{name}'")

    def press(self, name: str) -> None:
        self.reach(name)
        self.page.keyboard.press("Enter")

    def tick(self, name: str) -> None:
        self.reach(name)
        self.page.keyboard.press("Space")


#: What a screen reader would call the element that has the focus.
NAME = """() => { const e = document.activeElement;
  return (e.getAttribute('aria-label') || e.closest('label')?.innerText || e.innerText || '').trim(); }"""


def test_by_keyboard_alone_to_the_camera(page: Page, served: Served) -> None:
    keys = Keys(page)
    page.goto("/")
    page.wait_for_selector("h1")
    keys.press("^Begin$")
    for part in (1, 2, 3, 4):
        page.get_by_text(f"Questions {part} of 4").wait_for()
        for _ in range(4):
            keys.tick("^No$")
        keys.press("^Go on$")
    page.wait_for_url("**/about**")
    page.wait_for_selector("h1")
    if not page.url.endswith("/about/new"):
        keys.press("^Somebody else$")
    heading(page, "About you")
    keys.reach("^How old are you")
    page.keyboard.type("70")
    keys.tick("^Female$")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    keys.press("^Go on$")
    heading(page, "How does it feel?")
    keys.tick("^Neither hurts$")
    page.keyboard.press("ArrowDown")  # the left one
    keys.press("^Go on$")
    heading(page, "How much does it hurt?")
    for _ in range(4):
        keys.tick("^0$")
        page.keyboard.press("ArrowRight")
    keys.press("^Go on$")
    heading(page, "Where does it hurt?")
    keys.tick("^At the back of the ankle$")  # the shape on the drawing comes first
    assert page.evaluate("document.activeElement.dataset.place") == "back"
    keys.press("^Go on$")
    heading(page, "What else do you notice?")
    for _ in range(4):
        keys.tick("^No$")
    keys.press("^Go on$")
    heading(page, "Since when?")
    keys.press("^Go on$")
    heading(page, "Which exam?")
    keys.press("^Choose: Lunge")
    heading(page, "Which ankle?")
    keys.press("^Go on$")
    heading(page, "Get ready: the right ankle")
    keys.press("^I am ready")
    page.wait_for_url("**/record")
    journey = way_of(page, served)
    assert journey.said.pain == {"rest": 1, "pulling_up": 1, "pointing": 1, "walking": 1}
    assert (journey.hurts, journey.said.places) == ("left", ("back",))
    assert (journey.protocol, journey.sides) == ("lunge", ("right", "left"))
    with served.store() as store, store.session() as session:
        person = session.get_one(PersonRow, journey.person_id)
    assert (person.age_years, person.sex) == (70, None)


def test_the_skip_link_leads_to_the_content(page: Page) -> None:
    page.goto("/safety")
    page.wait_for_selector("h1")
    Keys(page).press("^To the content$")
    page.wait_for_function("document.activeElement.id === 'content'")


def test_a_stop_sign_ends_the_way(page: Page, served: Served) -> None:
    page.goto("/safety")
    page.get_by_text("Questions 1 of 4").wait_for()
    for answer in page.get_by_role("radio", name="No", exact=True).all():
        answer.check()
    page.get_by_role("radio", name="Yes", exact=True).last.check()
    walking.go_on(page)
    heading(page, "Please do not measure now")
    expect(page.get_by_text("Please see a provider today")).to_be_visible()
    for closed in ("/about", "/about/new", "/feels", "/exam", "/file"):
        page.goto(closed)
        page.wait_for_url("**/safety")
    assert not way_of(page, served).safe
    page.goto("/see-a-provider")
    page.get_by_role("button", name="I answered by mistake").click()
    page.get_by_text("Questions 1 of 4").wait_for()
    expect(page.get_by_role("radio", name="No", exact=True).first).to_be_checked()


def test_too_much_pain_ends_it_too(page: Page, served: Served) -> None:
    walking.was_known(page, served.address)
    walking.send(page, served.address, "/feels/which", hurts="both")
    page.goto("/feels?at=pain")
    heading(page, "How much does it hurt?")
    for question in page.get_by_role("group").all():
        question.get_by_role("radio", name="7", exact=True).check()
    walking.go_on(page)
    heading(page, "Please do not measure now")


def test_soon_after_an_injury_nothing_that_loads_the_ankle(page: Page, served: Served) -> None:
    walking.felt_well(page, served.address, injury="3")
    page.goto("/exam")
    heading(page, "Which exam?")
    open_ = [button.get_attribute("aria-label") for button in page.get_by_role("button").all()]
    assert open_ == ["Choose: Seated, knee bent, foot free", "Choose: Long sitting, knee straight"]
    expect(page.get_by_text("Within six weeks of an injury").first).to_be_visible()
    assert walking.send(page, served.address, "/exam", protocol="lunge") == "/exam", "the server says no as well"


@pytest.mark.parametrize("age", ["12", "15.9"])
def test_under_sixteen_nothing_without_a_guardian(page: Page, served: Served, age: str) -> None:
    walking.was_safe(page, served.address)
    page.goto("/about/new")
    walking.about(page, age, "Mia")
    heading(page, "An adult, please")
    page.goto("/feels")
    page.wait_for_url("**/about**")
    assert way_of(page, served).person_id is None
    page.goto("/about/guardian")
    for half in ({"consent": "yes"}, {"guardian": "Ola"}):  # the browser asks for both, and so does the server
        assert walking.send(page, served.address, "/about/guardian", **half) == "/about/guardian?again=1"
    assert way_of(page, served).person_id is None
    page.get_by_label("Name of the guardian").fill("Ola")
    page.get_by_role("checkbox").check()
    walking.go_on(page)
    heading(page, "How does it feel?")
    with served.store() as store, store.session() as session:
        person = session.get_one(PersonRow, way_of(page, served).person_id)
    assert (person.label, person.guardian, person.age_years) == ("Mia", "Ola", float(age))


def test_an_age_that_cannot_be_is_asked_again(page: Page, served: Served) -> None:
    walking.was_safe(page, served.address)
    page.goto("/about/new")
    walking.about(page, "340")
    expect(page.get_by_role("alert")).to_contain_text("from 1 to 120")
    expect(page.get_by_label("How old are you")).to_have_value("340")


def test_nothing_is_asked_twice_after_a_restart(page: Page, served: Served) -> None:
    walking.felt_well(page, served.address, "Noor")
    before = way_of(page, served)
    served.end()
    served.begin()
    page.goto("/")
    page.get_by_role("link", name="Go on where you were").click()
    heading(page, "Which exam?")
    assert way_of(page, served) == before
    page.goto("/")
    page.get_by_role("button", name="Start over").click()
    heading(page, "Safety first")
    walking.was_safe(page, served.address)
    page.goto("/about")
    heading(page, "Is this still you?")
    expect(page.get_by_text("Noor (34 years, female)").first).to_be_visible()
    page.get_by_role("button", name="Yes, this is me").click()
    heading(page, "How does it feel?")


@pytest.mark.parametrize("sides", [("right",), ("left", "right")])
def test_a_video_file_becomes_a_recording_and_a_job(page: Page, served: Served, sides: tuple[Side, ...]) -> None:
    walking.chose(page, served.address, sides="-".join(sides))
    page.goto("/exam/place")
    video = sample_folder() / "seated_right.mp4"
    for side in sides:
        page.get_by_role("link", name="Measure a video file instead").click()
        heading(page, f"A video of the {side} ankle")
        page.get_by_label("The video", exact=True).set_input_files(video)
        page.get_by_role("button", name="Measure this video").click()
    heading(page, "Your result is being worked out")
    journey = way_of(page, served)
    assert (len(journey.exams), journey.sides) == (len(sides), ())
    with served.store() as store, store.session() as session:
        for exam_id, side in zip(journey.exams, sides, strict=True):
            exam = session.get_one(ExamRow, exam_id)
            assert (exam.state, exam.side, exam.protocol) == ("recorded", side, "seated")
            assert exam.said["moved_by"] == "active"
            assert [job.kind for job in session.query(JobRow).filter_by(exam_id=exam_id)] == ["measure"]
            assert (store.incoming / f"{exam_id}.mp4").read_bytes() == video.read_bytes()


def test_what_is_no_video_is_refused_in_a_sentence(page: Page, served: Served) -> None:
    walking.chose(page, served.address)
    page.goto("/file")
    page.get_by_label("The video", exact=True).set_input_files(
        {"name": "clip.mp4", "mimeType": "video/mp4", "buffer": b"MZ" + bytes(5000)}
    )
    page.get_by_role("button", name="Measure this video").click()
    expect(page.get_by_role("status")).to_contain_text("choose another")
    assert way_of(page, served).exams == ()
    assert [path for path in (served.folder / "incoming").iterdir() if path.suffix == ".part"] == []
