"""Recordings that another program sends in pieces, whole, broken, and not its own."""

import httpx
import pytest

from rom.samples import sample_folder
from rom.store.jobs import next_jobs
from tests.web.api.conftest import Clinic

VIDEO = (sample_folder() / "seated_right.mp4").read_bytes()


def begin(asks: httpx.Client, person: str, size: int, **said: str) -> dict[str, str]:
    answer = asks.post("/uploads", json={"person_id": person, "size": size, **said})
    assert answer.status_code == 201, answer.text
    begun: dict[str, str] = answer.json()
    return begun


def test_a_recording_is_sent_in_pieces_and_waits_to_be_measured(clinic: Clinic) -> None:
    half = len(VIDEO) // 2
    with clinic.asking() as asks:
        upload = begin(asks, clinic.ids["Ada"], len(VIDEO), side="right", protocol="seated", name="../a\u202e.mp4")
        at = f"/uploads/{upload['id']}"
        assert asks.patch(at, params={"offset": 0}, content=VIDEO[:half]).json()["received"] == half
        again = asks.patch(at, params={"offset": 0}, content=VIDEO[:half])
        assert (again.status_code, again.headers["upload-offset"]) == (409, str(half))
        early = asks.post(f"{at}/finish")
        assert (early.status_code, early.headers["upload-offset"]) == (409, str(half))
        assert asks.get(at).json()["received"] == half
        assert asks.patch(at, params={"offset": half}, content=VIDEO[half:]).json()["received"] == len(VIDEO)
        finished = asks.post(f"{at}/finish")
        assert finished.status_code == 201
        exam = finished.json()
        assert (exam["side"], exam["protocol"], exam["state"]) == ("right", "seated", "recorded")
        assert asks.post(f"{at}/finish").json()["id"] == exam["id"]
        assert asks.get(f"/exams/{exam['id']}").json()["progress"] == 0.0
    with clinic.served.store() as store:
        assert (store.incoming / f"{exam['id']}.mp4").read_bytes() == VIDEO
        with store.session() as session:
            assert exam["id"] in {job.exam_id for job in next_jobs(session)}


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no video at all" * 500, "not a video"), (VIDEO[:9000], "Expected"), (b"\x00" * 9000, "not a video")],
)
def test_what_is_no_whole_video_is_refused_in_a_sentence(clinic: Clinic, content: bytes, said: str) -> None:
    with clinic.asking() as asks:
        upload = begin(asks, clinic.ids["Ada"], len(content))
        at = f"/uploads/{upload['id']}"
        sent = asks.patch(at, params={"offset": 0}, content=content)
        finished = asks.post(f"{at}/finish")
        assert finished.status_code == 422, sent.text
        assert said in finished.json()["reason"]
        assert asks.get(at).json()["state"] == "refused"
    with clinic.served.store() as store:
        assert not list(store.incoming.glob(f"{upload['id']}*"))


def test_more_than_was_said_is_refused(clinic: Clinic) -> None:
    with clinic.asking() as asks:
        upload = begin(asks, clinic.ids["Ada"], 9000)
        answer = asks.patch(f"/uploads/{upload['id']}", params={"offset": 0}, content=VIDEO[:9001])
        assert (answer.status_code, "more came" in answer.json()["reason"]) == (422, True)


def test_nobody_sends_for_other_peoples_people_or_on_their_uploads(clinic: Clinic) -> None:
    with clinic.asking("other") as asks:
        refused = asks.post("/uploads", json={"person_id": clinic.ids["Ada"], "size": 9})
        assert refused.status_code == 404
    with clinic.asking() as asks:
        upload = begin(asks, clinic.ids["Ada"], 9)
    at = f"/uploads/{upload['id']}"
    with clinic.asking("other") as asks:
        for answer in (
            asks.get(at),
            asks.patch(at, params={"offset": 0}, content=b"x"),
            asks.post(f"{at}/finish"),
            asks.delete(at),
        ):
            assert answer.status_code == 404
    with clinic.asking() as asks:
        assert asks.delete(at).status_code == 204
        assert asks.get(at).status_code == 404


@pytest.mark.parametrize("said", [{"side": "both"}, {"protocol": "handstand"}, {"size": 0}, {"size": 2**39}])
def test_what_cannot_be_meant_is_told(clinic: Clinic, said: dict[str, str | int]) -> None:
    with clinic.asking() as asks:
        answer = asks.post("/uploads", json={"person_id": clinic.ids["Ada"], "size": 9} | said)
    assert answer.status_code == 422
    assert answer.json()["reason"].startswith("Expected")
