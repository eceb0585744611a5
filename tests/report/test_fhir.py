"""A visit as a FHIR bundle: valid, true to the examination, and of nobody who could be named."""

import base64
import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fhir.resources.R4B import get_fhir_model_class
from hypothesis import given
from hypothesis import strategies as st

import rom
from rom.errors import UsageError
from rom.exam.protocols import protocols
from rom.exam.rows import rows
from rom.exam.symptoms import OCCASIONS
from rom.exam.visit import visit_of
from rom.records import (
    MOTIONS,
    SIDES,
    Examination,
    Issued,
    ModelInfo,
    Motion,
    MotionResult,
    Person,
    ProtocolUse,
    Side,
    Symptoms,
    Visit,
)
from rom.report.fhir import NUMBER_OF, fhir_bundle, write_fhir
from rom.report.fhir_codes import LOCAL, codes
from rom.report.words import INTENDED_USE
from rom.samples import sample_folder

ROOT = Path(__file__).parents[2]
SNOMED, UCUM = "http://snomed.info/sct", "http://unitsofmeasure.org"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
#: Half of the last decimal that is written.
ROUNDING = 0.05 + 1e-9
#: Resources that R4B (4.3.0) left as they were in R4 (4.0.1): hl7.org/fhir/R4B/diff.html, and the elements of both
#: compared one by one, with those of the types used in them. What R4B added are other resources, and the types
#: CodeableReference and RatioRange, which none of these has.
SAME_IN_R4 = {"Patient", "Device", "Observation", "DiagnosticReport"}
#: The same of those that a signed report adds.
SIGNING_IN_R4 = {"Practitioner", "Organization"}
SIGNED = Issued(
    "Praxis am Park",
    ("Weg 3", "12345 Ort"),
    "Tom Test",
    "Dr. A",
    "2026-03-02T10:00:00+01:00",
    1,
    None,
    "urn:uuid:6f9619ff-8b86-4011-b42d-00cf4fc964f1",
)
AGAIN = replace(
    SIGNED, version=2, replaces=1, urn="urn:uuid:6f9619ff-8b86-4011-b42d-00cf4fc964f2", replaces_urn=SIGNED.urn
)


@cache
def measured() -> Examination:
    """A sample, as it comes out of the instrument."""
    return rom.measure(sample_folder() / "seated_right.landmarks.npz")


def result(
    side: Side, motion: Motion, value_deg: float | None, half_deg: float = 4.0, reason: str = "Too dark."
) -> MotionResult:
    """A motion with a number, or without one for a reason."""
    if value_deg is None:
        return MotionResult(side, motion, "cannot_tell", None, None, "poor", (reason,))
    return MotionResult(
        side, motion, "measured", value_deg, (value_deg - half_deg, value_deg + half_deg), "good", ()
    )


def exam_of(*results: MotionResult, protocol: str = "seated", **more: Any) -> Examination:
    """An examination of a woman of 30, seated, moved by an examiner unless more is said."""
    said: dict[str, Any] = {
        "created": "2026-03-01T10:00:00+00:00",
        "model": ModelInfo("leg_landmarker", "0" * 64),
        "person": Person(30.0, "female"),
        "protocol": ProtocolUse(protocol, "passive"),
        "angles": {},
    }
    return replace(measured(), results=results, **(said | more))


def full_visit() -> Visit:
    """Everything that a bundle may hold: both sides, bent and straight knee, a change, pain, and one riddle."""
    both = [result(s, m, 12.0 + 9 * (s == "left") + 30 * (m != "dorsiflexion")) for s in SIDES for m in MOTIONS]
    hurting = Symptoms("right", dict.fromkeys(OCCASIONS, 3), ("front",), (), "fell off the wall at Anna's")
    seated = exam_of(*both, symptoms=hurting)
    straight = exam_of(
        result("right", "dorsiflexion", 4.0), result("left", "dorsiflexion", None), protocol="long-sit"
    )
    before = replace(seated, results=(result("right", "dorsiflexion", 1.0),), created="2026-01-01T10:00:00+00:00")
    return visit_of([seated, straight], [before], {"dorsiflexion": 20.0})


def resources(bundle: dict[str, Any], kind: str = "") -> list[dict[str, Any]]:
    """All resources of a bundle, or those of a kind."""
    return [e["resource"] for e in bundle["entry"] if kind in ("", e["resource"]["resourceType"])]


def motions(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    """The observations that are a motion of a side."""
    return [o for o in resources(bundle, "Observation") if coded(o["code"], SNOMED) == "364564000"]


def coded(concept: dict[str, Any], system: str) -> str | None:
    """The code that a concept has in a system."""
    return next((c["code"] for c in concept["coding"] if c["system"] == system), None)


def interval(observation: dict[str, Any]) -> dict[str, Any] | None:
    """The component that holds the 95 % interval."""
    held = [c for c in observation["component"] if coded(c["code"], LOCAL) == "interval-95"]
    return held[0]["valueRange"] if held else None


def walked(plain: Any) -> Iterator[tuple[str, Any]]:
    """Every name and value of plain JSON, at any depth."""
    if isinstance(plain, dict):
        for name, value in plain.items():
            yield name, value
            yield from walked(value)
    elif isinstance(plain, list):
        for item in plain:
            yield from walked(item)


def used_codes(plain: Any) -> set[tuple[str, str]]:
    """(system, code) of every coding and quantity."""
    parts = [plain, *(item for _, v in walked(plain) for item in (v if isinstance(v, list) else [v]))]
    return {(p["system"], p["code"]) for p in parts if isinstance(p, dict) and {"system", "code"} <= set(p)}


def check_valid(bundle: dict[str, Any]) -> None:
    """By the models of R4B, from the very text that is written; nothing empty, which they let pass."""
    plain = json.loads(json.dumps(bundle, allow_nan=False))
    get_fhir_model_class("Bundle").model_validate(plain)
    for resource in resources(plain):
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    assert all(value not in ([], {}, "", None) for _, value in walked(plain))


@pytest.fixture(scope="module")
def bundle() -> dict[str, Any]:
    return fhir_bundle(full_visit(), subject="P-017", pdf=b"%PDF-1.7 report")


def test_every_resource_is_valid(bundle: dict[str, Any]) -> None:
    check_valid(bundle)
    kinds = [resource["resourceType"] for resource in resources(bundle)]
    assert sorted(set(kinds)) == ["Device", "DiagnosticReport", "Observation", "Patient"]
    assert (kinds.count("Patient"), kinds.count("Device"), kinds.count("DiagnosticReport")) == (1, 1, 1)


@pytest.mark.parametrize(
    ("issued", "status"), [(SIGNED, "final"), (AGAIN, "amended"), (replace(SIGNED, clinic="", address=()), "final")]
)
def test_a_signed_report_is_valid_and_names_signer_and_clinic(issued: Issued, status: str) -> None:
    bundle = fhir_bundle(full_visit(), subject="P-017", pdf=b"%PDF-1.7 report", issued=issued)
    check_valid(bundle)
    assert {resource["resourceType"] for resource in resources(bundle)} - SAME_IN_R4 <= SIGNING_IN_R4
    (report,) = resources(bundle, "DiagnosticReport")
    assert (report["status"], report["issued"]) == (status, issued.signed)
    assert report["identifier"][0]["value"] == issued.urn
    assert {observation["status"] for observation in resources(bundle, "Observation")} == {"final"}
    named = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    performers = [named[one["reference"]] for one in report["performer"]]
    assert performers[0]["name"] == [{"text": "Dr. A"}]
    assert [one["name"] for one in performers[1:]] == ([issued.clinic] if issued.clinic else [])
    assert named[report["resultsInterpreter"][0]["reference"]] == performers[0]
    replaced = [one["valueReference"]["identifier"]["value"] for one in report.get("extension", [])]
    assert replaced == ([SIGNED.urn] if issued.replaces else [])
    assert "Tom Test" not in json.dumps(bundle)


def test_what_is_signed_is_not_taken_for_the_preliminary_one_that_a_server_has() -> None:
    """The server creates only what it does not have: a final observation must not find its preliminary twin."""
    first, signed, again = (fhir_bundle(full_visit(), issued=issued) for issued in (None, SIGNED, AGAIN))
    urns = [
        {e["fullUrl"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Observation"}
        for bundle in (first, signed, again)
    ]
    assert not urns[0] & urns[1]
    assert urns[1] == urns[2], "what did not change is there once"


def test_a_draft_is_not_final() -> None:
    draft = fhir_bundle(full_visit(), issued=Issued("Praxis", (), "Tom"))
    assert draft == fhir_bundle(full_visit())


def test_a_recording_as_it_is_measured_is_valid() -> None:
    check_valid(fhir_bundle(visit_of([measured()])))


def test_the_models_refuse_what_is_wrong(bundle: dict[str, Any]) -> None:
    wrong = json.loads(json.dumps(bundle))
    motions(wrong)[0]["valueQuantity"]["value"] = "many"
    with pytest.raises(ValueError, match="valueQuantity"):
        get_fhir_model_class("Observation").model_validate(motions(wrong)[0])


def test_nothing_is_used_that_r4_does_not_have(bundle: dict[str, Any]) -> None:
    assert {resource["resourceType"] for resource in resources(bundle)} == SAME_IN_R4
    of_r5 = motions(bundle)[0] | {"triggeredBy": [{"type": "reflex"}]}
    with pytest.raises(ValueError, match="triggeredBy"):
        get_fhir_model_class("Observation").model_validate(of_r5)


def test_references_point_into_the_bundle(bundle: dict[str, Any]) -> None:
    whole = {entry["fullUrl"] for entry in bundle["entry"]}
    assert len(whole) == len(bundle["entry"])
    assert {value for name, value in walked(bundle) if name == "reference"} == whole - {
        bundle["entry"][-1]["fullUrl"]
    }
    for entry in bundle["entry"]:
        UUID(entry["fullUrl"])
        assert entry["request"]["ifNoneExist"].endswith(f"|{entry['fullUrl']}")
        assert entry["resource"]["identifier"][0]["value"] == entry["fullUrl"]


def test_one_motion_worked_by_hand() -> None:
    """Soucie 2011, women of 20 to 44, passive: 13.8, SD 5.5. 1.959964 x 5.5 = 10.78: 3.0 to 24.6."""
    exam = exam_of(result("right", "dorsiflexion", 13.26, 3.5))
    (found,) = motions(fhir_bundle(visit_of([exam])))
    assert found["valueQuantity"] == {"value": 13.3, "unit": "°", "system": UCUM, "code": "deg"}
    assert [interval(found)[end]["value"] for end in ("low", "high")] == [9.8, 16.8]  # type: ignore[index]
    (compared,) = found["referenceRange"]
    assert (compared["low"]["value"], compared["high"]["value"]) == (3.0, 24.6)
    assert "Soucie" in compared["text"]
    assert "wider" not in compared["text"]
    assert [coded(i, INTERPRETATION) for i in found["interpretation"]] == ["N"]
    assert coded(found["bodySite"], SNOMED) == "6685009"
    assert coded(found["code"], LOCAL) == "maximal-dorsiflexion"
    assert found["effectiveDateTime"] == "2026-03-01T10:00:00+00:00"
    assert [coded(c["valueCodeableConcept"], LOCAL) for c in found["component"][1:]] == ["exam-seated", "passive"]


def test_a_range_that_was_widened_says_so() -> None:
    """Moved by the person, compared with people moved by an examiner: 3 degrees of tolerance, 0.0 to 27.6."""
    exam = exam_of(result("right", "dorsiflexion", 13.0), protocol="seated")
    (found,) = motions(fhir_bundle(visit_of([replace(exam, protocol=ProtocolUse("seated", "active"))])))
    (compared,) = found["referenceRange"]
    assert (compared["low"]["value"], compared["high"]["value"]) == (0.0, 27.6)
    assert "3° wider" in compared["text"]


@pytest.mark.parametrize(
    ("value_deg", "half_deg", "person", "system", "code"),
    [
        (17.0, 4.0, Person(30.0, "female"), INTERPRETATION, "N"),
        (-3.0, 4.0, Person(30.0, "female"), INTERPRETATION, "L"),
        (40.0, 4.0, Person(30.0, "female"), INTERPRETATION, "H"),
        (8.0, 4.0, Person(30.0, "female"), LOCAL, "borderline"),
        (17.0, 9.0, Person(30.0, "female"), INTERPRETATION, "IND"),
        (17.0, 4.0, Person(), LOCAL, "no-comparison"),
    ],
)
def test_interpretation(value_deg: float, half_deg: float, person: Person, system: str, code: str) -> None:
    exam = exam_of(result("right", "dorsiflexion", value_deg, half_deg), person=person)
    (found,) = motions(fhir_bundle(visit_of([exam])))
    assert [coded(i, system) for i in found["interpretation"]] == [code]


values = st.none() | st.floats(-30, 70)
some_results = st.builds(result, st.sampled_from(SIDES), st.sampled_from(MOTIONS), values, st.floats(0.5, 12))
people = st.builds(Person, st.none() | st.floats(2, 90), st.sampled_from([None, "female", "male"]))


@given(some_results, people, st.sampled_from(list(protocols())))
def test_the_bundle_says_what_the_examination_says(one: MotionResult, person: Person, protocol: str) -> None:
    visit = visit_of([exam_of(one, person=person, protocol=protocol)])
    bundle = fhir_bundle(visit)
    check_valid(bundle)
    (found,) = motions(bundle)
    said = [finding for finding in visit.findings if finding.kind == "range"]
    assert [note["text"] for note in found.get("note", [])][: len(said)] == [finding.message for finding in said]
    held = interval(found)
    if one.value_deg is None or one.ci95_deg is None:
        assert held is None
        assert not {"valueQuantity", "interpretation"} & set(found)
        assert coded(found["dataAbsentReason"], codes()["absent"]["system"]) == "unknown"
        assert "Too dark." in found["note"][0]["text"]
        return
    assert "dataAbsentReason" not in found
    assert found["valueQuantity"]["value"] == pytest.approx(one.value_deg, abs=ROUNDING)
    assert held is not None
    assert [held[end]["value"] for end in ("low", "high")] == pytest.approx(one.ci95_deg, abs=ROUNDING)
    assert {q["code"] for q in (found["valueQuantity"], held["low"], held["high"])} == {"deg"}
    expected = [codes()[f"range/{finding.code}"]["code"] for finding in said]
    assert [i["coding"][0]["code"] for i in found.get("interpretation", [])] == expected


@given(values, values, st.floats(0.5, 12))
def test_left_and_right_are_treated_alike(up: float | None, down: float | None, half_deg: float) -> None:
    """The mirrored exam gives the mirrored bundle: nothing differs but the words for the side."""

    def mirrored(side: Side) -> list[dict[str, Any]]:
        exam = exam_of(result(side, "dorsiflexion", up, half_deg), result(side, "plantar_flexion", down, half_deg))
        text = json.dumps(motions(fhir_bundle(visit_of([exam]))))
        text = text.replace(codes()[side]["code"], "THIS").replace(f"of {side}", "of this")
        return [{k: v for k, v in o.items() if k not in ("identifier", "subject")} for o in json.loads(text)]

    assert mirrored("left") == mirrored("right")


def test_what_is_said_together_has_its_number(bundle: dict[str, Any]) -> None:
    """Left 21 and right 12: 9 apart. Right knee bent 12, straight 4: 8. Right 12 now, 1 before: 11 more."""
    assert len(motions(bundle)) == 6, "two of each side seated, one of each side with the knee straight"
    together = {coded(o["code"], LOCAL): o for o in resources(bundle, "Observation")}
    assert together["side-difference"]["valueQuantity"]["value"] == 9.0
    assert together["knee-difference"]["valueQuantity"]["value"] == 8.0
    assert interval(together["knee-difference"]) is not None
    assert together["change"]["valueQuantity"]["value"] == 11.0
    of_motion = [coded(o["code"], LOCAL) for o in motions(bundle)]
    assert set(of_motion) == {"maximal-dorsiflexion", "maximal-plantar-flexion"}, "no difference is found for one"


def test_pain_is_of_its_side_and_said_once(bundle: dict[str, Any]) -> None:
    pains = [o for o in resources(bundle, "Observation") if coded(o["code"], "http://loinc.org") == "72514-3"]
    assert [p["valueQuantity"]["value"] for p in pains] == [3.0] * len(OCCASIONS)
    assert {coded(p["bodySite"], SNOMED) for p in pains} == {"6685009"}


def test_a_side_filmed_on_its_own_is_not_missing() -> None:
    """Each recording shows one leg; what it cannot tell of the other one, the other recording tells."""
    right = exam_of(result("right", "dorsiflexion", 12.0), result("left", "dorsiflexion", None))
    left = exam_of(result("right", "dorsiflexion", None), result("left", "dorsiflexion", 13.0))
    found = motions(fhir_bundle(visit_of([right, left])))
    assert [o["valueQuantity"]["value"] for o in found] == [12.0, 13.0]


def test_the_report_holds_all_and_says_what_it_is_not(bundle: dict[str, Any]) -> None:
    (report,) = resources(bundle, "DiagnosticReport")
    assert len(report["result"]) == len(resources(bundle, "Observation"))
    assert base64.b64decode(report["presentedForm"][0]["data"]) == b"%PDF-1.7 report"
    for finding in full_visit().findings:
        assert finding.message in report["conclusion"]
    assert report["conclusion"].endswith(INTENDED_USE)


def test_nobody_verified_it_yet(bundle: dict[str, Any]) -> None:
    assert {o["status"] for o in resources(bundle, "Observation")} == {"preliminary"}
    assert {r["status"] for r in resources(bundle, "DiagnosticReport")} == {"partial"}


def test_nothing_in_it_names_anybody(bundle: dict[str, Any]) -> None:
    text = json.dumps(bundle)
    assert "Anna" not in text, "a person's own words stay out"
    assert Path(measured().recording.source).name not in text
    (patient,) = resources(bundle, "Patient")
    assert set(patient) == {"resourceType", "gender", "identifier"}
    assert "birthDate" not in text


def test_the_same_visit_is_the_same_bundle_wherever_its_file_lies() -> None:
    here, there = full_visit(), full_visit()
    moved = tuple(replace(e, recording=replace(e.recording, source="/other/place.mp4")) for e in there.exams)
    assert fhir_bundle(here) == fhir_bundle(replace(there, exams=moved))


def test_a_pseudonym_is_one_patient_and_no_pseudonym_is_a_new_one() -> None:
    one = exam_of(result("right", "dorsiflexion", 12.0))
    other = exam_of(result("right", "dorsiflexion", 13.0))

    def patient(exam: Examination, subject: str) -> str:
        return str(fhir_bundle(visit_of([exam]), subject=subject)["entry"][0]["fullUrl"])

    assert patient(one, "P-017") == patient(other, "P-017")
    assert patient(one, "P-017") != patient(one, "P-018")
    assert patient(one, "") != patient(other, "")


def test_two_visits_share_no_observation() -> None:
    first, second = (
        {e["fullUrl"] for e in fhir_bundle(visit_of([exam_of(result("right", "dorsiflexion", v))]))["entry"]}
        for v in (12.0, 13.0)
    )
    assert len(first & second) == 1, "the instrument alone"


def test_codes_of_the_table_are_the_codes_that_are_used() -> None:
    """In the table once each, and every one of them comes out of some visit."""
    with files("rom.report").joinpath("fhir_codes.csv").open(encoding="utf-8") as lines:
        table = list(csv.DictReader(lines))
    assert all(None not in row and all(row.values()) for row in table), "five cells a row, none empty"
    assert len(codes()) == len(table), "a name stands in it once"
    for row in table:
        assert (row["system"] == LOCAL) == row["looked_up"].startswith("ours: "), row["what"]
    listed = {(row["system"], row["code"]) for row in table}
    assert set().union(*(used_codes(fhir_bundle(visit)) for visit in many_visits())) == listed


def many_visits() -> Iterator[Visit]:
    """Visits from which every code comes out."""
    yield full_visit()
    for name, protocol in protocols().items():
        for regime in (*protocol.regimes, "not_told"):
            for value in (None, -20.0, 8.0, 17.0, 60.0):
                one = exam_of(result("left", "dorsiflexion", value), protocol=name)
                yield visit_of(
                    [replace(one, protocol=ProtocolUse(name, regime), symptoms=Symptoms(None, {"rest": 1}))]
                )
    yield visit_of([exam_of(result("left", "dorsiflexion", 17.0, 9.0))])
    for apart in (1.0, 7.0, 20.0):
        pair = (result("left", "dorsiflexion", 10.0 + apart, 2.0), result("right", "dorsiflexion", 10.0, 2.0))
        yield visit_of([exam_of(*pair)])
        bent, straight = exam_of(pair[0]), exam_of(replace(pair[1], side="left"), protocol="long-sit")
        yield visit_of([bent, straight])
        yield visit_of([exam_of(result("left", "dorsiflexion", 17.0, 9.0)), straight])
        then = replace(bent, created="2026-01-01T10:00:00+00:00")
        for value in (10.0 + apart, 10.0 - apart):
            yield visit_of([exam_of(result("left", "dorsiflexion", value))], [then])


def test_every_rule_of_an_observation_has_its_interpretation() -> None:
    kinds = {"range", *NUMBER_OF}
    assert {f"{row['kind']}/{row['code']}" for row in rows("rules") if row["kind"] in kinds} == {
        what for what in codes() if "/" in what
    }


def test_exams_in_the_table_are_the_protocols() -> None:
    listed = {what: row["display"] for what, row in codes().items() if row["code"].startswith("exam-")}
    assert listed == {name: protocol.title for name, protocol in protocols().items()}


def test_a_visit_without_an_examination_is_refused() -> None:
    with pytest.raises(UsageError, match="there is none"):
        fhir_bundle(Visit((), (), {}, ()))


def test_it_is_written_whole(tmp_path: Path) -> None:
    visit = full_visit()
    write_fhir(visit, tmp_path / "visit.json", subject="P-017", pdf=b"%PDF")
    written = json.loads((tmp_path / "visit.json").read_text(encoding="utf-8"))
    assert written == fhir_bundle(visit, subject="P-017", pdf=b"%PDF")
    assert [path.name for path in tmp_path.iterdir()] == ["visit.json"]


def test_the_readme_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## For a clinic's record (FHIR)")[1]
    monkeypatch.chdir(tmp_path)
    exec(section.split("```python\n")[1].split("```")[0], {"exam": measured()})
    check_valid(json.loads((tmp_path / "visit.fhir.json").read_text(encoding="utf-8")))
