"""What the API takes and gives, with units and ranges."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from rom.records import Motion, Side

#: Any number that a column holds, and no more.
MOST_ROWS, MOST_OFFSET = 200, 1_000_000


def _plain(text: str) -> str:
    """Text that every database and every page holds."""
    if any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 or 0xD800 <= ord(letter) < 0xE000 for letter in text):
        raise ValueError("control characters are not taken")
    return text.strip()


Text = Annotated[str, Field(max_length=200), AfterValidator(_plain)]
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="32 letters of 0-9 and a-f.")]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="At most so many.")]
Offset = Annotated[int, Query(ge=0, le=MOST_OFFSET, description="After so many.")]
Degrees = Annotated[float, Field(allow_inf_nan=False, description="Positive in the motion's own direction.")]


class Trouble(BaseModel):
    """Why something was not done: one sentence."""

    reason: str


class _Strict(BaseModel):
    """What is sent: names that are not known are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class PersonIn(_Strict):
    """Somebody, as far as it is said."""

    label: Text = Field("", description="The name or number by which the clinic knows them.")
    age_years: float | None = Field(None, ge=0, le=130, allow_inf_nan=False)
    sex: Literal["female", "male"] | None = None
    sport: Annotated[str, Field(max_length=100), AfterValidator(_plain)] = ""
    leg_length_m: float | None = Field(None, ge=0.1, le=1.5, allow_inf_nan=False, description="Hip to ankle.")


class PersonOut(PersonIn):
    """Somebody."""

    model_config = ConfigDict(extra="ignore", from_attributes=True)

    id: str
    created: datetime
    age_said_on: date | None
    archived: datetime | None


class ExamBrief(BaseModel):
    """An examination without its numbers."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    person_id: str
    created: datetime
    recorded_on: date
    protocol: str
    side: str
    state: str = Field(description="recording, recorded, measured or failed.")
    reason: str = Field(description="Why it failed: one sentence.")


class Result(BaseModel):
    """One motion of one side."""

    side: Side
    motion: Motion
    status: str
    value_deg: float | None
    ci95_deg: tuple[float, float] | None
    reasons: list[str] = Field(description="Why there is no number, or why it is less sure.")


class ExamOut(ExamBrief):
    """An examination with its numbers."""

    progress: float | None = Field(description="Of its job, 0 to 1; null where none runs or waits.")
    corrected: bool = Field(description="Whether somebody corrected it by hand.")
    results: list[Result]
    automatic: list[Result] | None = Field(description="The results before they were corrected.")
    findings: list[dict[str, Any]]
    files: list[str] = Field(description="What is kept beside the numbers; each at files/NAME.")


class ReadingIn(_Strict):
    """A goniometer's reading."""

    motion: Motion
    degrees: Degrees
    by: Text = Field("", description="Who read it; the token's account where nobody is named.")


class ReadingOut(BaseModel):
    """A goniometer's reading."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    exam_id: str
    motion: str
    degrees: float
    by: str
    created: datetime


class ReportOut(BaseModel):
    """One version of a day's report."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    person_id: str
    day: date
    version: int
    signer: str
    clinic: str
    signed: datetime | None
    files: list[str]


class UploadIn(_Strict):
    """A recording that is to be sent."""

    person_id: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    size: int = Field(ge=1, le=2**40, description="Bytes of the whole file.")
    side: Literal["left", "right", "auto"] = Field("auto", description="auto: whichever leg is nearer the camera.")
    protocol: str = Field(
        "auto", max_length=20, description="seated, long-sit, lunge, heel-raise, walk, free or auto."
    )
    recorded_on: date | None = Field(None, description="The day of filming; today where it is not said.")
    footwear: Literal["bare", "sock", "shoe", "unknown"] = "unknown"
    moved_by: Literal["", "active", "passive"] = ""
    name: Text = Field("", description="What the clinic calls the file; shown, and never a path.")


class UploadOut(BaseModel):
    """How far a recording has arrived."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    size: int
    received: int = Field(description="Bytes; the next piece begins here.")
    state: str = Field(description="arriving, arrived or refused.")
    reason: str
    exam_id: str | None
