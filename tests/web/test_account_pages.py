"""The pages of accounts, in a browser: by keyboard alone, accessible, and left when the sign-in is over."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import delete, select

from rom.store.clinic import AccountRow, AttemptRow, SignInRow
from tests.web.clinic import PASSWORD, Clinic
from tests.web.requests import only_own_requests
from tests.web.test_pages import faults

WIDE = {"width": 1280, "height": 900}


@pytest.fixture
def visitor(browser: Browser, clinic: Clinic) -> Iterator[BrowserContext]:
    """A browser that was never at the clinic."""
    with _new(browser, clinic) as context:
        yield context
    with clinic.store() as store, store.session() as session, session.begin():
        session.execute(delete(AttemptRow))


@contextmanager
def _new(browser: Browser, clinic: Clinic) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=clinic.address, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    try:
        with only_own_requests(context, clinic.address):
            yield context
    finally:
        context.close()


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/sign-in")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_signing_in_and_out_by_keyboard_alone(page: Page) -> None:
    page.goto("/history")
    page.wait_for_url("**/sign-in?to=/history")
    expect(page.get_by_label("Your name")).to_be_focused()
    page.keyboard.type("theo")
    page.keyboard.press("Tab")
    page.keyboard.type("not this one")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in?again=1")
    page.get_by_text("do not belong together").wait_for()
    expect(page.get_by_label("Your name")).to_be_focused()
    page.keyboard.type("theo")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")
    page.goto("/history")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Sign out":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in")
    page.goto("/history")
    page.wait_for_url("**/sign-in?to=/history")


def test_the_pages_of_accounts_are_accessible_and_fit_a_small_phone(page: Page, clinic: Clinic) -> None:
    found = {}
    for path in ("/sign-in", "/sign-in?again=1", "/sign-in?wait=15", "/sign-in?over=1"):
        page.goto(path)
        found[path] = faults(page)
    sign_in(page, "adam")
    page.wait_for_url("**/admin/accounts")
    somebody = f"/admin/accounts/{clinic.accounts['theo']}"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for path in ("/admin/accounts", somebody, "/admin/care", "/admin/audit", "/password", "/desk/clinic"):
            page.goto(path)
            found[f"{path} {scheme}"] = [one for one in faults(page) if not one.startswith("too small")]
            assert page.url.endswith(path), "the page itself, not where it led to"
    assert {path: words for path, words in found.items() if words} == {}


def test_an_admin_adds_somebody_who_chooses_a_password_and_is_ended(
    page: Page, browser: Browser, clinic: Clinic
) -> None:
    sign_in(page, "adam")
    page.get_by_label("Name to sign in with").fill("nora")
    page.get_by_label("Name on reports, if another").fill("Nora N., physiotherapist")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", level=1, name="Hand this over")).to_be_visible()
    given = page.locator(".rom-password").inner_text()
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("row", name="nora Nora N., physiotherapist")).to_contain_text("first password")
    with _new(browser, clinic) as other:
        hers = other.new_page()
        sign_in(hers, "nora", given)
        hers.wait_for_url("**/password")
        hers.get_by_label("Your password as it is now").fill(given)
        hers.get_by_label("A new password").fill("her very own words")
        hers.get_by_label("The new password once more").fill("her very own words")
        hers.get_by_role("button", name="Change it").click()
        hers.wait_for_url("**/desk")
        page.goto("/admin/accounts")
        page.get_by_role("link", name="Change nora").click()
        page.get_by_role("button", name="End this account").click()
        expect(page.get_by_role("row", name="nora")).to_contain_text("ended")
        hers.goto("/desk")
        hers.wait_for_url("**/sign-in?to=/desk")
    with clinic.store() as store, store.session() as session:
        row = session.scalars(select(AccountRow).where(AccountRow.name == "nora")).one()
        assert row.ended is not None


def test_a_page_is_left_when_its_sign_in_is_over(page: Page, clinic: Clinic) -> None:
    sign_in(page, "ana")
    expect(page.get_by_text("ana", exact=True)).to_be_visible()
    page.goto("/history")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Earlier results")
    with clinic.store() as store, store.session() as session, session.begin():
        session.execute(delete(SignInRow))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_url("**/sign-in?over=1")
    expect(page.get_by_text("signed out because nothing was done")).to_be_visible()


def test_somebody_is_handed_over_and_the_log_says_so(page: Page, clinic: Clinic) -> None:
    sign_in(page, "adam")
    page.get_by_role("link", name="Care").click()
    row = page.get_by_role("row", name="Ben")
    row.get_by_label("Hand Ben over to").select_option("theo")
    row.get_by_role("button", name="Hand Ben over").click()
    expect(page.get_by_role("row", name="Ben")).to_contain_text("theo")
    page.get_by_role("row", name="Ben").get_by_label("Hand Ben over to").select_option("tina")
    page.get_by_role("row", name="Ben").get_by_role("button", name="Hand Ben over").click()
    expect(page.get_by_role("row", name="Ben")).to_contain_text("tina")
    page.get_by_role("link", name="Log").click()
    page.locator("select[name=action]").select_option("care ended")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**action=care*")
    expect(page.get_by_role("row", name="adam care ended person").first).to_be_visible()
    lines = page.request.get(f"{clinic.address}/admin/audit.csv?action=care+ended").text().splitlines()
    assert lines[0] == "at,who,action,about,about_id,details"
    assert len(lines) == 3
    assert all(",adam,care ended,person," in line for line in lines[1:])
    assert not page.request.get(f"{clinic.address}/admin/audit.csv?who=nobody").text().splitlines()[1:]
    assert not page.request.get(f"{clinic.address}/admin/audit.csv?until=2020-01-01").text().splitlines()[1:]
