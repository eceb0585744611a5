"""The app in Spanish: no page of the patient's way keeps an English sentence."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import httpx
import pytest
from playwright.sync_api import Page, expect

from rom.exam.rows import rows
from rom.report.language import Words
from rom.store.tables import FAILED, RECORDED, RECORDING, STOPPED, ExamRow, JobRow
from rom.web.journey import load, save
from rom.web.pages.feels import NOTICED
from tests.web import walking
from tests.web.conftest import Served
from tests.web.kept import keep_two_days
from tests.web.test_pages import EVERY_PAGE, faults, way

SAY = Words("es")
#: Words that hardly a sentence in English does without, and none in Spanish has.
ENGLISH = re.compile(r"\b(the|your|you|and|is|are|was|of|this|that|with|please|not|it|to|for|from|what)\b", re.I)
#: Everything that is read or heard of a page: words, and what stands in for them.
SAID = """() => {
  const said = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode())
    if (!walk.currentNode.parentElement.closest("script, style")) said.push(walk.currentNode.textContent);
  for (const one of document.body.querySelectorAll("*"))
    for (const name of ["aria-label", "alt", "title", "placeholder", "data-none", "data-large", "data-failed"])
      if (one.hasAttribute(name)) said.push(one.getAttribute(name));
  return said.map((words) => words.trim()).filter(Boolean);
}"""


class SpanishApp(Served):
    """The app as ``rom app --language es`` begins it."""

    def words(self) -> list[str]:
        return [*super().words(), "es"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with SpanishApp(tmp_path_factory.mktemp("spanish")) as served:
        yield served


def left_in_english(texts: list[str]) -> list[str]:
    """What the catalogue would still translate, and what it does not know and is English by its words."""
    return [text for text in texts if SAY.sentence(text) != text or ENGLISH.search(text)]


def said(page: Page, served: Served) -> list[str]:
    """All words of a page, without the name of the folder, which is nobody's language."""
    page.wait_for_selector("h1")
    texts: list[str] = page.evaluate(SAID)
    assert len(texts) > 3, "nothing is said on this page"
    return [text.replace(str(served.folder), "") for text in texts]


def test_no_page_on_the_way_says_anything_in_english(page: Page, served: Served) -> None:
    walking.felt_some_pain(page, served.address)
    walking.send(page, served.address, "/feels/signs", **dict.fromkeys(NOTICED, "no"))
    walking.send(page, served.address, "/feels/since")
    walking.send(page, served.address, "/exam", protocol="long-sit")
    walking.send(page, served.address, "/exam/sides", sides="left-right", footwear="sock")
    found = {}
    again = ("/about/new?again=1", "/feels?again=1", "/exam/sides?again=1", "/privacy?again=1&saved=1", "/phone")
    parts = tuple(f"/safety?again=1&part={part}" for part in range(1, 5))
    for path in (*EVERY_PAGE, *again, *parts):
        page.goto(path)
        assert page.url.endswith(path), "the page itself, not where it led to"
        found[path] = left_in_english(said(page, served))
        assert page.evaluate("document.documentElement.lang") == "es", path
    walking.send(page, served.address, "/safety/1", four_steps="yes")
    page.goto("/see-a-provider")
    found["/see-a-provider"] = left_in_english(said(page, served))
    walking.was_safe(page, served.address)
    walking.send(page, served.address, "/about/new", age="11")
    page.goto("/about/guardian?again=1")
    found["/about/guardian"] = left_in_english(said(page, served))
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_the_result_and_the_history_are_in_spanish(page: Page, served: Served) -> None:
    page.goto("/")
    with served.store() as store:
        person_id, (_, second) = keep_two_days(store)
        states = {FAILED: "The left leg was not found in 34% of the pictures."}
        with store.session() as session, session.begin():
            ids = []
            for state in (FAILED, STOPPED, RECORDED, RECORDING):
                row = ExamRow(
                    person_id=person_id, recorded_on=date(2026, 11, 24), protocol="lunge", side="left", state=state
                )
                row.reason = states.get(state, "")
                row.jobs.append(JobRow(kind="measure"))
                session.add(row)
                session.flush()
                ids.append(row.id)
        journey = replace(load(store, way(page)), safe=True, person_id=person_id, protocol="lunge")
        found = {}
        for exams, path in (
            ((ids[2],), "/result"),
            (tuple(ids[:2]), "/result?failed"),
            (tuple(ids), "/history"),
            (tuple(ids), f"/day/{second}"),
            (tuple(ids), "/day/2026-11-24"),
            (tuple(ids), f"/day/{second}/report.html"),
            (tuple(ids), f"/erase/{second}"),
        ):
            save(store, replace(journey, exams=exams))
            page.goto(path)
            found[path] = left_in_english(said(page, served))
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_the_recording_page_and_its_guide_are_in_spanish(page: Page, served: Served) -> None:
    walking.chose(page, served.address)
    page.goto("/record")
    told = json.loads(page.locator("#told").text_content() or "")
    texts = [*told["texts"].values(), *(words for fault in told["faults"].values() for words in fault.values())]
    assert left_in_english([*texts, *said(page, served)]) == []
    assert page.evaluate("document.documentElement.lang") == "es"
    prompts = [row["sentence"] for row in rows("prompts", "rom.live")]
    assert left_in_english([SAY.sentence(prompt) for prompt in prompts]) == []


def test_what_is_refused_is_refused_in_spanish(page: Page, served: Served) -> None:
    walking.chose(page, served.address)
    answer = page.request.put(
        "/record/0/chunks/0?from=0", data=b"x", headers={"Origin": served.address, "Content-Type": "video/webm"}
    )
    assert answer.json()["detail"] == "Esa grabación no existe; filme este lado otra vez, por favor."
    page.goto("/file")
    page.get_by_label("El video", exact=True).set_input_files(
        {"name": "a.mp4", "mimeType": "video/mp4", "buffer": b"no video" * 100}
    )
    page.get_by_role("button", name="Medir este video").click()
    expect(page.locator("[data-said]")).to_have_text(
        "Este archivo no es un video, diga lo que diga su nombre; elija otro, por favor."
    )
    page.goto("/privacy")
    page.get_by_label("Escriba BORRAR para confirmarlo").fill("ERASE")
    page.get_by_role("button", name="Borrar a todas las personas y todo").click()
    expect(page.get_by_role("alert")).to_have_text("No se borró nada: escriba antes BORRAR.")


def test_the_phone_hears_spanish_on_both_ends(page: Page, served: Served) -> None:
    walking.chose(page, served.address)
    page.goto("/phone")
    page.get_by_role("button", name="Mostrar el código").click()
    expect(page.get_by_role("status")).to_contain_text("Esperando al teléfono.")
    address = page.locator(".rom-address").first.inner_text()
    shown = [text for text in said(page, served) if text != address]
    assert left_in_english(shown) == []
    page.set_content(httpx.get(address).text)
    assert left_in_english(said(page, served)) == []


def test_longer_words_still_fit_a_small_phone(page: Page, served: Served) -> None:
    walking.chose(page, served.address)
    found = {}
    for path in (
        "/",
        "/safety",
        "/about/new",
        "/feels?at=signs",
        "/exam",
        "/exam/sides",
        "/exam/place",
        "/privacy",
    ):
        page.goto(path)
        found[path] = faults(page)
    assert {path: words for path, words in found.items() if words} == {}
