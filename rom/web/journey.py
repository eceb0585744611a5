"""A way through the home exam: what was answered so far, kept as a draft so that nothing is asked twice."""

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from starlette.requests import HTTPConnection

from rom.exam.protocols import protocol
from rom.records import Side, Symptoms
from rom.store import Store
from rom.store.clinic import PATIENT
from rom.store.tables import DraftRow, PersonRow, now
from rom.web.who import theirs, who_asks

#: The cookie that names a browser's way.
COOKIE = "rom_way"


@dataclass(frozen=True, slots=True)
class Journey:
    """What is known on the way; frozen, each step makes the next.

    Attributes
    ----------
    id : the draft's name, kept in the browser's cookie.
    calm : the signs that were answered with no. safe : whether all stop signs were.
    about : what was said of a new person, until it is kept as one. person_id : who, once that is answered.
    sure : whether they said that it is still them.
    hurts : which ankles: "none", "left", "right", "both"; empty until it is said.
    felt : whether all that is asked of the ankle was answered.
    protocol : which exam. sides : those still to be recorded, the first next. exams : of those recorded.
    footwear : what is on the foot.
    symptoms : what is said of the ankle, as fields of `rom.records.Symptoms`.
    """

    id: str
    calm: tuple[str, ...] = ()
    safe: bool = False
    about: dict[str, Any] = field(default_factory=dict)
    person_id: str | None = None
    sure: bool = False
    hurts: str = ""
    felt: bool = False
    protocol: str = ""
    sides: tuple[Side, ...] = ()
    exams: tuple[str, ...] = ()
    footwear: str = "bare"
    symptoms: dict[str, Any] = field(default_factory=dict)

    @property
    def said(self) -> Symptoms:
        """What is said of the ankle, as the instrument takes it."""
        return Symptoms(**_tuples(self.symptoms))


def said_of(journey: Journey) -> dict[str, Any]:
    """What a recording of this way is measured with, beside its person, protocol and side (`ExamRow.said`)."""
    alone = "active" in protocol(journey.protocol).regimes  # nobody else moves the foot at home
    moved_by = "active" if alone else ""
    return {"footwear": journey.footwear, "moved_by": moved_by, "symptoms": journey.symptoms}


def recorded(journey: Journey, exam_id: str, side: Side) -> Journey:
    """The way with one side less to record, and one examination more."""
    sides = tuple(other for other in journey.sides if other != side)
    return replace(journey, sides=sides, exams=(*journey.exams, exam_id))


def next_page(journey: Journey) -> str:
    """Where a way goes on."""
    steps = (
        (journey.safe, "/safety"),
        (bool(journey.person_id) and journey.sure, "/about"),
        (journey.felt, "/feels"),
        (bool(journey.protocol), "/exam"),
        (bool(journey.sides or journey.exams), "/exam/sides"),
        (not journey.sides, "/exam/place"),
    )
    return next((page for done, page in steps if not done), "/result")


def begun(journey: Journey) -> bool:
    """Whether anything was answered that may be gone on with."""
    return bool(journey.calm or journey.safe or journey.sides or journey.exams)


def load(store: Store, way: str) -> Journey:
    """The way of that name; a new one where there is none."""
    with store.session() as session:
        draft = session.get(DraftRow, way)
    answers = {} if draft is None else draft.answers
    known = {row.name for row in fields(Journey)} - {"id"}
    return Journey(way, **_tuples({name: value for name, value in answers.items() if name in known}))


def _tuples(plain: dict[str, Any]) -> dict[str, Any]:
    """What JSON made a list of, as the tuple that it was."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}


def save(store: Store, journey: Journey) -> None:
    """Keep the way as it is now."""
    answers = {name: value for name, value in asdict(journey).items() if name != "id"}
    with store.session() as session, session.begin():
        session.merge(DraftRow(id=journey.id, answers=answers, updated=now()))


def journey_of(request: HTTPConnection) -> Journey:
    """The way of the browser that asks, of somebody of theirs; `rom.web.guard.Guard` names it and the store.

    Somebody who was handed over or erased meanwhile is nobody on this way any more; a patient is always themselves.
    """
    store, who = request.scope["rom_store"], who_asks(request)
    journey = load(store, request.scope["rom_way"])
    if who.role == PATIENT:
        return replace(journey, person_id=who.person_id)
    if who.role == "local" or journey.person_id is None:
        return journey
    with store.session() as session:
        is_theirs = session.scalars(theirs(who).where(PersonRow.id == journey.person_id)).first() is not None
    return journey if is_theirs else replace(journey, person_id=None, sure=False, exams=())
