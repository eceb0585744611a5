"""The live camera: what a picture shows at once, and the guide through a recording. No number of it is a result."""

from rom.live.guide import Answers, End, Guide, GuideState, PainAnswer, Phase
from rom.live.leg import LiveLeg
from rom.live.picture import picture_of
from rom.live.prompts import Prompt
from rom.live.reading import LiveReading
from rom.live.set_up import SetupCheck, setup_checks

__all__ = [
    "Answers",
    "End",
    "Guide",
    "GuideState",
    "LiveLeg",
    "LiveReading",
    "PainAnswer",
    "Phase",
    "Prompt",
    "SetupCheck",
    "picture_of",
    "setup_checks",
]
