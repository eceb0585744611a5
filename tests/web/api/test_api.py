"""What another program may ask, and gets."""

import re
from datetime import timedelta

import pytest
from fhir.resources.R4B.bundle import Bundle

from rom.store.tables import now
from rom.store.tokens import token_of
from tests.web.api.conftest import DAY, Clinic

NONE = "0" * 32


@pytest.mark.parametrize("text", ["rom_", "rom_nothing", "\u00e9", "a b", "ended"])
def test_without_a_good_token_nothing_is_told(clinic: Clinic, text: str) -> None:
    with clinic.asking() as asks:
        wrong = f"Bearer {clinic.tokens.get(text, text)}".encode()
        answer = asks.get("/people", headers={b"Authorization": wrong})
    assert answer.status_code == 401
    assert "with a token that is good" in answer.json()["reason"]
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_token_is_kept_as_its_hash_and_ends(clinic: Clinic) -> None:
    text = clinic.tokens["therapist"]
    with clinic.served.store() as store, store.session() as session:
        row = token_of(session, text, now())
        assert row is not None
        assert text not in {str(value) for value in vars(row).values()}
        assert token_of(session, text, now() + timedelta(days=31)) is None


@pytest.mark.parametrize(("whose", "seen"), [("therapist", ["Ada"]), ("other", ["Bob"]), ("patient", ["Bob"])])
def test_a_token_opens_its_accounts_people_alone(clinic: Clinic, whose: str, seen: list[str]) -> None:
    with clinic.asking(whose) as asks:
        assert [row["label"] for row in asks.get("/people").json() if row["label"] in ("Ada", "Bob")] == seen
        for label in ("Ada", "Bob"):
            expected = 200 if label in seen else 404
            person, exam = clinic.ids[label], clinic.exam(label)
            for path in (
                f"/people/{person}",
                f"/people/{person}/reports",
                f"/exams?person_id={person}",
                f"/exams/{exam}",
                f"/exams/{exam}/document",
                f"/exams/{exam}/fhir",
                f"/exams/{exam}/readings",
                f"/exams/{exam}/files/overlay",
            ):
                assert asks.get(path).status_code == expected, path


def test_an_admin_sees_nobody(clinic: Clinic) -> None:
    with clinic.asking("admin") as asks:
        assert asks.get("/people").json() == []
        assert asks.get("/exams").json() == []
        assert asks.get(f"/exams/{clinic.exam('Ada')}").status_code == 404


def test_a_token_that_reads_does_not_write(clinic: Clinic) -> None:
    with clinic.asking("reader") as asks:
        assert asks.get("/people").status_code == 200
        refused = asks.post("/people", json={"label": "Eve"})
        assert refused.status_code == 403
        assert refused.json()["reason"] == "Expected a token with the scope 'write', but this one has read."
        assert asks.delete(f"/exams/{clinic.exam('Ada')}").status_code == 403


def test_a_persons_way_through_the_api(clinic: Clinic) -> None:
    with clinic.asking() as asks:
        made = asks.post("/people", json={"label": " Cleo ", "age_years": 14.5, "sex": "female"})
        assert made.status_code == 201
        cleo = made.json()
        assert cleo["label"] == "Cleo"
        changed = asks.put(f"/people/{cleo['id']}", json={"label": "Cleo", "age_years": 15, "sport": "ballet"})
        assert (changed.json()["age_years"], changed.json()["sex"]) == (15, None)
        assert [row["id"] for row in asks.get("/people", params={"label": "Cleo"}).json()] == [cleo["id"]]
        archived = asks.put(f"/people/{cleo['id']}/archived", params={"archived": True}).json()["archived"]
        assert asks.get(f"/people/{cleo['id']}").json()["archived"] == archived is not None
    with clinic.asking("other") as asks:
        assert asks.get(f"/people/{cleo['id']}").status_code == 404


def test_results_are_those_of_the_document(clinic: Clinic) -> None:
    exam = clinic.exam("Ada")
    with clinic.asking() as asks:
        brief = asks.get("/exams", params={"state": "measured", "recorded_from": DAY.isoformat()}).json()
        assert [row["id"] for row in brief] == [exam]
        told = asks.get(f"/exams/{exam}").json()
        document = asks.get(f"/exams/{exam}/document").json()
        assert told["results"]
        for result, held in zip(told["results"], document["results"], strict=True):
            assert {name: held[name] for name in result} == result
        assert (told["corrected"], told["automatic"], told["progress"]) == (False, None, None)
        bundle = asks.get(f"/exams/{exam}/fhir")
        assert bundle.headers["content-type"] == "application/fhir+json"
        assert Bundle.model_validate(bundle.json()).type == "transaction"
        assert clinic.ids["Ada"] in bundle.text
        video = asks.get(f"/exams/{exam}/files/overlay", headers={"Range": "bytes=0-99"})
        assert (video.status_code, len(video.content)) == (206, 100)
        assert asks.get("/exams", params={"recorded_from": "2027-01-01"}).json() == []


def test_a_reading_stands_beside_the_result_and_changes_nothing(clinic: Clinic) -> None:
    exam = clinic.exam("Ada")
    with clinic.asking() as asks:
        before = asks.get(f"/exams/{exam}").json()
        added = asks.post(f"/exams/{exam}/readings", json={"motion": "dorsiflexion", "degrees": 12.5})
        assert (added.status_code, added.json()["by"]) == (201, "therapist")
        assert added.json() in asks.get(f"/exams/{exam}/readings").json()
        assert asks.get(f"/exams/{exam}").json() == before
        for degrees in ("NaN", 91, None):
            wrong = f'{{"motion": "dorsiflexion", "degrees": {degrees or "null"}}}'
            answer = asks.post(f"/exams/{exam}/readings", content=wrong)
            assert answer.status_code in (400, 422), degrees


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("{", 400, "JSON decode error"),
        ('{"label": "a\\u0000b"}', 422, "body.label"),
        ('{"label": "\\ud800"}', 422, "body.label"),
        ('{"age_years": 1e400}', 422, "body.age_years"),
        ('{"lable": "Ada"}', 422, "body.lable"),
        ("[" * 10_000, 400, "error parsing the body"),
    ],
)
def test_what_is_not_understood_is_told_in_a_sentence(clinic: Clinic, body: str, status: int, said: str) -> None:
    with clinic.asking() as asks:
        answer = asks.post("/people", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert said in answer.json()["reason"]
    assert re.fullmatch(r"[^\n]+\.", answer.json()["reason"])


@pytest.mark.parametrize("path", ["/exams/%2e%2e%2fpeople", "/exams/x/files/overlay", "/none"])
def test_an_address_that_is_none_is_refused(clinic: Clinic, path: str) -> None:
    with clinic.asking() as asks:
        assert asks.get(path).status_code in (404, 422)
        assert asks.get(f"/exams/{NONE}/files/..%2f..%2from.sqlite").status_code in (404, 422)
        assert asks.get(f"/exams/{clinic.exam('Ada')}/files/rom.sqlite").status_code == 422


def test_what_is_not_there_is_answered_as_what_is_not_theirs(clinic: Clinic) -> None:
    with clinic.asking() as asks:
        bobs, none = (asks.get(f"/exams/{exam}") for exam in (clinic.exam("Bob"), NONE))
    assert (bobs.status_code, bobs.json()) == (none.status_code, none.json())


def test_only_what_failed_or_was_stopped_is_measured_again(clinic: Clinic) -> None:
    exam = clinic.exam("Ada")
    with clinic.asking() as asks:
        assert asks.post(f"/exams/{exam}/measure").status_code == 409
        assert asks.post(f"/exams/{exam}/stop").status_code == 202
        assert asks.get(f"/exams/{exam}").json()["state"] == "measured"


def test_erasing_is_for_good(clinic: Clinic) -> None:
    exam = clinic.exam("Bob")
    with clinic.asking("other") as asks:
        assert asks.delete(f"/exams/{exam}").status_code == 204
        assert asks.get(f"/exams/{exam}").status_code == 404
        assert asks.delete(f"/exams/{exam}").status_code == 404
