"""An examination on the terminal."""

from rich.console import Console

from rom.records import Examination, Finding
from rom.report.words import INTENDED_USE, MOTION_WORDS, gait_words, likely_range, remarks, value_words


def show(exam: Examination, console: Console, verbose: bool) -> None:
    """Print the results as a person reads them."""
    for side in exam.sides:
        console.print(f"[bold]{side.side.capitalize()} ankle[/bold]")
        for result in (r for r in exam.results if r.side == side.side):
            quality = f"{result.quality} quality" if result.status == "measured" else ""
            row = f"{MOTION_WORDS[result.motion]:<25}  [bold]{value_words(result):>4}[/bold]"
            console.print(f"  {row}  {likely_range(result):<29}  {quality}".rstrip(), soft_wrap=True)
    for name, words in () if exam.gait is None else gait_words(exam.gait):
        console.print(f"  {name:<42}  [bold]{words}[/bold]", soft_wrap=True)
    for finding in (one for one in exam.findings if exam.protocol.name != "free" or one.kind != "range"):
        console.print(f"  {about(finding)}: {finding.message}", markup=False, soft_wrap=not console.is_terminal)
    for sentence in remarks(exam):
        console.print(f"  - {sentence}", markup=False, soft_wrap=not console.is_terminal)
    if verbose:
        for step, seconds in exam.timings_s.items():
            console.print(f"  {step.replace('_', ' ')}: {seconds:.2f} s", markup=False)
    console.print(f"[dim]{INTENDED_USE}[/dim]")


def about(finding: Finding) -> str:
    """What a finding speaks of: "Right dorsiflexion"."""
    parts = (finding.side or "", (finding.motion or "ankle").replace("_", " "))
    return " ".join(part for part in parts if part).capitalize()
