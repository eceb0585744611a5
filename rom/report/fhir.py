"""A visit for a clinic's record: a FHIR bundle, R4-compatible.

The bundle is a *transaction*: a clinic's server takes it in one request, all or nothing, and puts its own ids in
place of ours. Each resource is created only where none with its identifier exists, so that a visit sent twice is
there once. (A *collection* would be stored as one lump that no search finds.) Who only reads it finds the same
entries.

Nobody has verified the numbers when they are measured, so observations are *preliminary* and the report is
*partial*. Whoever signs a clinic's report makes them final: its bundle names the signer and the clinic, and a later
version is *amended* and names the one that it replaces. The person is a pseudonym: no name, no date of birth, no
file name.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from rom.errors import UsageError
from rom.exam.findings import amount
from rom.exam.symptoms import OCCASIONS
from rom.exam.visit import ranges_of
from rom.records import Examination, Finding, FindingKind, Issued, MotionResult, Symptoms, Visit
from rom.report.corrections import beside_words
from rom.report.fhir_codes import concept, quantity, quantity_range
from rom.report.tables import write_text
from rom.report.words import INTENDED_USE

Resource = dict[str, Any]

#: The identifier system of pseudonyms.
SUBJECTS = "urn:ankle-rom:subjects"
#: FHIR's system for identifiers that are URIs (hl7.org/fhir/R4/identifier-registry.html).
URIS = "urn:ietf:rfc:3986"
NAMESPACE = uuid5(NAMESPACE_URL, "urn:ankle-rom")
#: HL7's own extension of R4: the report that this one takes the place of.
REPLACES = "http://hl7.org/fhir/StructureDefinition/diagnosticReport-replaces"
#: Findings that are observations of their own, and the number that each of them is about.
NUMBER_OF: dict[FindingKind, str] = {
    "side_difference": "difference",
    "knee_difference": "difference",
    "change": "change",
}


def fhir_bundle(
    visit: Visit, *, subject: str = "", pdf: bytes | None = None, issued: Issued | None = None
) -> Resource:
    """A visit as a FHIR bundle: person, instrument, observations, report.

    Parameters
    ----------
    visit : with at least one examination of today; earlier ones are in it only as the changes since.
    subject : a pseudonym, never a name: the same one makes the same Patient at every visit, so on the server it
        is sent to it must be one person's alone. Empty: a Patient of this visit alone.
    pdf : the report for people, attached to the DiagnosticReport.
    issued : by which clinic, signed by whom, which version; the person's name in it is left out.

    Returns
    -------
    dict of plain JSON types. Angles in degrees (UCUM ``deg``), each motion positive in its own direction. The same
    visit gives the same bundle, identifiers included. `effectiveDateTime` is the day of filming where it was said,
    else when the recording was measured.

    Raises
    ------
    UsageError
        Where nothing was examined.
    """
    if not visit.exams:
        raise UsageError("Expected a visit with an examination, but there is none; measure a recording first.")
    seed = _seed(visit, subject)
    patient = _urn(f"patient/{subject}" if subject else f"{seed}/patient")
    entries = [_entry(patient, _patient(visit, subject))]
    entries += [_entry(urn, device) for urn, device in {_device_urn(e): _device(e) for e in visit.exams}.items()]
    about = {"subject": {"reference": patient}}
    signed = issued if issued is not None and issued.signed else None
    seed += "" if signed is None else "/final"  # not those that a server has as preliminary ones
    signers = [] if signed is None else _signers(signed)
    entries += signers
    observation_of = {"resourceType": "Observation", "status": "preliminary" if signed is None else "final"} | about
    observations = [
        _entry(_urn(f"{seed}/observation/{k}"), observation_of | observation)
        for k, observation in enumerate(_observations(visit, patient))
    ]
    report = _report(visit, [entry["fullUrl"] for entry in observations], pdf) | about
    urn = _urn(f"{seed}/report/{sha256(pdf or b'').hexdigest()}")
    if signed is not None:
        report |= _signed(signed, [entry["fullUrl"] for entry in signers])
        urn = signed.urn or urn
    entries += [*observations, _entry(urn, report)]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def write_fhir(visit: Visit, path: Path, *, subject: str = "", pdf: bytes | None = None) -> None:
    """Write `fhir_bundle` as JSON, whole or not at all."""
    bundle = fhir_bundle(visit, subject=subject, pdf=pdf)
    write_text(path, json.dumps(bundle, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _urn(name: str) -> str:
    """``urn:uuid:`` of a name: the same name, the same identifier."""
    return uuid5(NAMESPACE, name).urn


def _seed(visit: Visit, subject: str) -> str:
    """What tells this visit from all others; neither where a file lay nor how long it took is of it."""
    exams = [
        replace(exam, angles={}, timings_s={}, recording=replace(exam.recording, source="", notes=())).to_dict()
        for exam in visit.exams
    ]
    said = [finding.message for finding in visit.findings]
    return sha256(json.dumps([subject, exams, said], sort_keys=True).encode()).hexdigest()


def _entry(urn: str, resource: Resource) -> Resource:
    """One entry of the transaction, created where the server has none with this identifier."""
    filled = {name: value for name, value in resource.items() if value != []}  # FHIR allows no empty list
    filled["identifier"] = [{"system": URIS, "value": urn}, *resource.get("identifier", [])]
    request = {"method": "POST", "url": resource["resourceType"], "ifNoneExist": f"identifier={URIS}|{urn}"}
    return {"fullUrl": urn, "resource": filled, "request": request}


def _patient(visit: Visit, subject: str) -> Resource:
    """The person, as a pseudonym."""
    sex = next((exam.person.sex for exam in visit.exams if exam.person.sex), "unknown")
    named = {"identifier": [{"system": SUBJECTS, "value": subject}]} if subject else {}
    return {"resourceType": "Patient", "gender": sex} | named


def _device_urn(exam: Examination) -> str:
    """The same version and model are the same instrument."""
    return _urn(f"device/{exam.version}/{_model(exam)}")


def _model(exam: Examination) -> str:
    """Name and SHA-256 of the pose model."""
    return f"{exam.model.name}, SHA-256 {exam.model.sha256 or 'unknown'}"


def _device(exam: Examination) -> Resource:
    """The instrument: version, pose model and its SHA-256."""
    return {
        "resourceType": "Device",
        "type": concept("device"),
        "deviceName": [{"name": "rom", "type": "user-friendly-name"}],
        "version": [
            {"type": concept("software"), "value": exam.version},
            {"type": concept("pose_model"), "value": _model(exam)},
        ],
        "note": [{"text": INTENDED_USE}],
    }


def _observations(visit: Visit, patient: str) -> Iterator[Resource]:
    """Motions, then what they say together, then what the person says; status and subject are added to each."""
    for exam in visit.exams:
        for result in exam.results:
            if not _told_elsewhere(visit, exam, result):
                yield _motion(exam, result)
    last = max(exam.created for exam in visit.exams)
    for finding in visit.findings:
        if finding.kind in NUMBER_OF:
            yield _together(finding, last)
    said = {"category": [concept("category_survey")], "performer": [{"reference": patient}]}
    for age in _ages(visit):
        yield age | said
    for pain in _pains(visit):
        yield pain | said


def _told_elsewhere(visit: Visit, exam: Examination, result: MotionResult) -> bool:
    """Whether a motion that cannot be told here is told by another recording of the same exam (its own side)."""
    alike = (exam.protocol.name, exam.protocol.regime)
    return result.value_deg is None and any(
        (other.side, other.motion) == (result.side, result.motion) and other.value_deg is not None
        for twin in visit.exams
        if (twin.protocol.name, twin.protocol.regime) == alike
        for other in twin.results
    )


def _motion(exam: Examination, result: MotionResult) -> Resource:
    """One motion of one side: the number and its interval, or why there is none."""
    found = next((f for f in ranges_of(exam, result.side) if f.motion == result.motion), None)
    return {
        "category": [concept("category_exam")],
        "code": concept("range_of_motion", result.motion),
        "effectiveDateTime": exam.recorded_on or exam.created,
        **_value(result),
        **({} if found is None else _compared(result, found)),
        "note": [{"text": text} for text in (*beside_words(exam, result), *_remarks(result, found))],
        "bodySite": concept(result.side),
        "method": concept("video_goniometry", text=_method(exam, result)),
        "device": {"reference": _device_urn(exam)},
        "component": [
            *([] if result.ci95_deg is None else [_interval(*result.ci95_deg)]),
            {"code": concept("exam"), "valueCodeableConcept": concept(exam.protocol.name)},
            {"code": concept("moved_by"), "valueCodeableConcept": concept(exam.protocol.regime)},
        ],
    }


def _method(exam: Examination, result: MotionResult) -> str:
    """How it was measured, with the landmarks that made the number."""
    track = exam.angles.get(result.side)
    lines = "" if track is None else f": {track.definition} ({', '.join(track.landmarks)})"
    return f"Goniometry in video{lines}".replace("_", " ")


def _value(result: MotionResult) -> Resource:
    """The number, or that it is not known."""
    if result.value_deg is None:
        return {"dataAbsentReason": concept("absent", text="Cannot tell")}
    return {"valueQuantity": quantity(result.value_deg, "unit_deg")}


def _interval(low_deg: float, high_deg: float) -> Resource:
    """The 95 % interval as a component, which every reader of R4 shows; an extension would be lost on most."""
    return {
        "code": concept("interval", "interval_95", text="95 % interval of the true value"),
        "valueRange": quantity_range(low_deg, high_deg, "unit_deg"),
    }


def _compared(result: MotionResult, found: Finding) -> Resource:
    """What a number says beside the row it is compared with; the row is there even where there is no number."""
    low, high = found.numbers["p2_5"], found.numbers["p97_5"]
    ranges = {}
    if low is not None and high is not None:
        ranges = {"referenceRange": [quantity_range(low, high, "unit_deg") | {"text": _whose_range(found)}]}
    if result.value_deg is None:
        return ranges
    return {"interpretation": [concept(f"range/{found.code}")]} | ranges


def _whose_range(found: Finding) -> str:
    """Of whom a range is, and how far it was widened for another way of moving the foot."""
    wider = found.numbers["tolerance"]
    allowed = f", {amount(wider)} wider each way because the foot was moved in another way" if wider else ""
    return f"2.5th to 97.5th percentile{allowed}. {found.sources[-1]}"


def _remarks(result: MotionResult, found: Finding | None) -> list[str]:
    """The sentence that was found, and every reason for doubt that is not in it."""
    message = "" if found is None else found.message
    return [text for text in (message, *result.reasons) if text and (text == message or text not in message)]


def _together(finding: Finding, effective: str) -> Resource:
    """What several measurements say together: a number, its meaning, its sentence."""
    number, numbers = finding.numbers[NUMBER_OF[finding.kind]], finding.numbers
    assert number is not None  # these findings are made of measured results alone
    low, high = numbers.get("low"), numbers.get("high")
    motion = [finding.motion] if finding.motion else []
    return {
        "category": [concept("category_exam")],
        "code": concept(finding.kind),  # the motion is a component: nobody shall find a difference for a motion
        "effectiveDateTime": effective,
        "valueQuantity": quantity(number, "unit_deg"),
        "interpretation": [concept(f"{finding.kind}/{finding.code}")],
        "note": [{"text": finding.message}],
        "bodySite": concept(finding.side or "ankle"),
        "component": [
            *({"code": concept("motion"), "valueCodeableConcept": concept(name)} for name in motion),
            *([] if low is None or high is None else [_interval(low, high)]),
        ],
    }


def _ages(visit: Visit) -> Iterator[Resource]:
    """The age that was told, once: an age is less than a date of birth."""
    told = [(exam.person.age_years, exam.created) for exam in visit.exams if exam.person.age_years is not None]
    for age_years, created in told[:1]:
        yield {
            "code": concept("age"),
            "effectiveDateTime": created,
            "valueQuantity": quantity(age_years, "unit_years"),
        }


def _pains(visit: Visit) -> Iterator[Resource]:
    """Pain by occasion; what was said for several recordings alike is said once."""
    said: list[Symptoms] = []
    for exam in visit.exams:
        if exam.symptoms in said:
            continue
        said.append(exam.symptoms)
        for occasion in filter(exam.symptoms.pain.__contains__, OCCASIONS):
            yield {
                "code": concept("pain"),
                "effectiveDateTime": exam.recorded_on or exam.created,
                "valueQuantity": quantity(exam.symptoms.pain[occasion], "unit_score"),
                "bodySite": concept(exam.symptoms.side or "ankle"),
                "component": [{"code": concept("occasion"), "valueCodeableConcept": concept(occasion)}],
            }


def _report(visit: Visit, results: list[str], pdf: bytes | None) -> Resource:
    """The report: what was found in words, all observations, and the PDF."""
    attached = {}
    if pdf is not None:
        data = b64encode(pdf).decode()
        attached = {"presentedForm": [{"contentType": "application/pdf", "data": data, "title": "Report"}]}
    return {
        "resourceType": "DiagnosticReport",
        "status": "partial",
        "code": concept("report"),
        "effectiveDateTime": max(exam.created for exam in visit.exams),
        "result": [{"reference": urn} for urn in results],
        "conclusion": "\n".join([*map(_sentence, visit.findings), INTENDED_USE]),
    } | attached


def _signers(signed: Issued) -> list[Resource]:
    """Who signed, and, where it has a name, the clinic: one entry each."""
    person = {"resourceType": "Practitioner", "name": [{"text": signed.signer}]}
    entries = [_entry(_urn(f"practitioner/{signed.clinic}/{signed.signer}"), person)]
    if signed.clinic:
        lines = [{"line": list(signed.address)}] if signed.address else []
        clinic = {"resourceType": "Organization", "name": signed.clinic, "address": lines}
        entries.append(_entry(_urn(f"organization/{signed.clinic}/{signed.address}"), clinic))
    return entries


def _signed(signed: Issued, signers: list[str]) -> Resource:
    """What a signature adds to the report; the signer comes first among `signers`."""
    replaced = {"identifier": {"system": URIS, "value": signed.replaces_urn}}
    return {
        "status": "final" if signed.replaces is None else "amended",
        "issued": signed.signed,
        "performer": [{"reference": urn} for urn in signers],
        "resultsInterpreter": [{"reference": signers[0]}],
        "extension": [{"url": REPLACES, "valueReference": replaced}] if signed.replaces_urn else [],
    }


def _sentence(finding: Finding) -> str:
    """A finding with the side and the motion it is of."""
    whose = " ".join(word for word in (finding.side, finding.motion) if word).replace("_", " ").capitalize()
    return f"{whose}: {finding.message}" if whose else finding.message
