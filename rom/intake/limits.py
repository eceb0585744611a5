"""How large, long and heavy an upload may be, and the limits of the process that opens it."""

import contextlib
from dataclasses import dataclass

GIB = 2**30
#: Bytes that stay free on the disk, whatever arrives.
SPARE_BYTES = 200 * 2**20

#: Memory that a process only reserves, on top of what it uses. Measured on whole examinations with their overlays:
#: 2.1 GB reserved for 0.6 GB used (720p), 3.6 for 2.0 (4K), on 2 cores; stacks and arenas grow with the cores.
RESERVED_BYTES = 8 * GIB


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file from outside may be and may use; the defaults suit an exam filmed by a phone.

    Attributes
    ----------
    bytes_most : size of the file. Ten minutes of 1080p at 60 pictures a second are about 1 GB.
    duration_s_most : length of the recording.
    pixels_most : width times height of a picture; the default holds 4K video and a 12-megapixel photograph.
    memory_bytes : memory in use (resident) by the process that opens the file. It is watched from outside, 20 times
        a second: the address space (``RLIMIT_AS``) alone says little, as the pose models reserve four times what
        they use. It stands behind it as a second fence, `RESERVED_BYTES` further out.
    cpu_s, wall_s : time of computing, and by the clock.
    written_bytes : size of a file that the process may write.
    files : files that it may hold open at a time.

    Linux and macOS hold a process to all of these (macOS ignores ``RLIMIT_AS``). Windows has no such limits for a
    process: there memory and time by the clock are watched from outside, and the others are not held.
    """

    bytes_most: int = 2 * GIB
    duration_s_most: float = 600.0
    pixels_most: int = 4096 * 3072
    memory_bytes: int = 3 * GIB
    cpu_s: float = 3600.0
    wall_s: float = 3600.0
    written_bytes: int = 2 * GIB
    files: int = 256


#: What an upload is held to where nothing else is said.
LIMITS = Limits()


def limit_this_process(limits: Limits) -> None:
    """Hold this process to `limits` from here on, as far as the platform can; no core is dumped."""
    try:
        import resource
    except ImportError:  # Windows
        return
    cpu_s = max(1, round(limits.cpu_s))
    wanted = {
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_CPU: (cpu_s, cpu_s + 5),  # s: first the signal that says why, then the one that ends it
        resource.RLIMIT_FSIZE: (limits.written_bytes, limits.written_bytes),
        resource.RLIMIT_NOFILE: (limits.files, limits.files),
        resource.RLIMIT_AS: (limits.memory_bytes + RESERVED_BYTES, limits.memory_bytes + RESERVED_BYTES),
    }
    for what, (soft, hard) in wanted.items():
        ceiling = resource.getrlimit(what)[1]
        most = hard if ceiling == resource.RLIM_INFINITY else min(hard, ceiling)
        with contextlib.suppress(OSError, ValueError):  # a limit that this system does not know
            resource.setrlimit(what, (min(soft, most), most))
