"""Every text of the recording page: the script that runs in the browser holds none of its own."""

from rom.report.language import Words


def texts(say: Words) -> dict[str, str]:
    """Name to text, in the language of `say`; gaps are filled in the browser."""
    return {
        "right": say("right"),
        "left": say("left"),
        "title": say("Film the {side} ankle"),
        "start": say("Turn on the camera"),
        "start_detail": say(
            "Everything stays on this computer. Stand or sit so that only you are in the picture. The recording "
            "starts and stops by itself: you need not come back to the keyboard."
        ),
        "opening": say("Opening the camera …"),
        "looking": say("Looking for your leg …"),
        "paused": say("Paused"),
        "paused_detail": say("Press “Go on” or the space bar when you are ready."),
        "pause": say("Pause"),
        "go_on": say("Go on"),
        "stop": say("Stop"),
        "sound_on": say("Voice is on"),
        "sound_off": say("Voice is off"),
        "repetition": say("Movement {number} of {all}"),
        "up": say("up"),
        "down": say("down"),
        "hurts": say("Does it hurt? 0 is not at all, 10 is the worst."),
        "hurts_detail": say("0 is not at all, 10 is the worst."),
        "as_before": say("As before"),
        "recording": say("Recording"),
        "saving": say("Saving the recording …"),
        "turn_round": say("Well done. Now turn round: the {side} side to the camera."),
        "turn_round_detail": say("The next check starts by itself in a moment."),
        "all_done": say("Well done. That was everything."),
        "all_done_detail": say("The result is being measured from the recording."),
        "stopped": say("Stopped"),
        "stopped_detail": say("What was recorded so far is kept. What shall be done with it?"),
        "nothing_recorded": say("Nothing was recorded yet."),
        "measure_it": say("Measure what was recorded"),
        "film_again": say("Film this side again"),
        "try_again": say("Try again"),
        "upload": say("Use a video file instead"),
        "phone": say("Film with a phone instead"),
        "back": say("Back to the exams"),
        "to_result": say("To the result"),
        "left_behind": say("A recording of the {side} ankle was interrupted."),
        "left_behind_detail": say(
            "It is still here. It can be measured as far as it goes, or thrown away. (If it is still running in "
            "another window, go back to that window.)"
        ),
        "throw_away": say("Throw it away"),
        "next": say("Start now"),
    }


def faults(say: Words) -> dict[str, dict[str, str]]:
    """What can go wrong, by its code: the sentence, and the way on."""
    return {
        "NotAllowedError": {
            "sentence": say("The camera is not allowed for this page."),
            "way": say("Press the camera sign beside the address above, allow the camera, then “Try again”."),
        },
        "NotFoundError": {
            "sentence": say("No camera was found."),
            "way": say("Plug one in, or open its cover, then “Try again”; or use a video file or a phone."),
        },
        "NotReadableError": {
            "sentence": say("Another program is using the camera."),
            "way": say("Close the other program (a video call, perhaps), then “Try again”."),
        },
        "ended": {
            "sentence": say("The camera was disconnected."),
            "way": say("What was recorded is kept. Plug the camera in again before you film again."),
        },
        "hidden": {
            "sentence": say("Paused, because this page was in the background."),
            "way": say("Keep this page in front while you are filmed. Then press “Go on”."),
        },
        "asleep": {
            "sentence": say("Paused, because the computer was asleep."),
            "way": say("Keep it awake, and plugged in if you can. Then press “Go on”."),
        },
        "server_gone": {
            "sentence": say("The program does not answer."),
            "way": say("Leave this page open: nothing is lost, and it goes on when the program is back."),
        },
        "begun_anew": {
            "sentence": say("The program was started again; what was recorded is kept."),
            "way": say("The movements start over when everything is green."),
        },
        "disk_full": {
            "sentence": say("There is no room left on the disk."),
            "way": say("Leave this page open and make room: it goes on by itself."),
        },
        "unsupported": {
            "sentence": say("This browser cannot film."),
            "way": say(
                "Use a newer Chrome, Edge, Firefox or Safari on this computer, or a video file, or a phone."
            ),
        },
        "unknown": {
            "sentence": say("The camera could not be opened."),
            "way": say("Try again; if it stays so, use a video file or a phone."),
        },
        "refused": {
            "sentence": say("The recording could not be kept."),
            "way": say("Please film this side again."),
        },
    }
