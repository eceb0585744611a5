"""A sealed stream is read back as it was written, or refused."""

import io
import unicodedata

import pytest

from rom.errors import InputUnreadable, UsageError
from rom.store import sealed
from rom.store.sealed import CHUNK_BYTES, MAGIC, TAG_BYTES, Sealing, Unsealing

PASSPHRASE = "correct horse battery staple"
HEADER_BYTES = len(MAGIC) + 32


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "SCRYPT_N", 2**4)  # what guessing costs is not what is tried here


def seal(*pieces: bytes, passphrase: str = PASSPHRASE) -> bytes:
    file = io.BytesIO()
    sealing = Sealing(file, passphrase)
    for piece in pieces:
        assert sealing.write(piece) == len(piece)
    sealing.finish()
    return file.getvalue()


def unseal(content: bytes, passphrase: str = PASSPHRASE, size: int = 1 << 16) -> bytes:
    opened = Unsealing(io.BytesIO(content), passphrase)
    pieces = []
    while piece := opened.read(size):
        pieces.append(piece)
    return b"".join(pieces)


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_every_length_comes_back(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    content = content[:size]
    assert unseal(seal(content[: size // 3], content[size // 3 :])) == content
    assert unseal(seal(content), size=size + 5) == content


def test_nothing_of_the_content_can_be_read_and_no_two_files_are_alike() -> None:
    one, two = seal(b"Ada" * 100), seal(b"Ada" * 100)
    assert b"AdaAda" not in one
    assert one != two
    assert one[HEADER_BYTES:] != two[HEADER_BYTES:]


@pytest.mark.parametrize("place", [0, 5, len(MAGIC), HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + 50, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    content = bytearray(seal(b"x" * 1000))
    content[place] ^= 1
    with pytest.raises(InputUnreadable):
        unseal(bytes(content))


def test_chunks_cannot_be_cut_off_left_out_moved_or_added() -> None:
    content = seal(b"a" * CHUNK_BYTES, b"b" * CHUNK_BYTES, b"c" * 10)
    size = CHUNK_BYTES + TAG_BYTES
    header, first, second, third = (
        content[:HEADER_BYTES],
        content[HEADER_BYTES : HEADER_BYTES + size],
        content[HEADER_BYTES + size : HEADER_BYTES + 2 * size],
        content[HEADER_BYTES + 2 * size :],
    )
    assert unseal(b"".join((header, first, second, third))) == b"a" * CHUNK_BYTES + b"b" * CHUNK_BYTES + b"c" * 10
    for wrong in (
        (header,),
        (header, first),
        (header, first, second),
        (header, first, second, third[:-1]),
        (header, first, third),
        (header, second, first, third),
        (header, first, second, third, third),
        (header, first, second, third, b"x"),
        (header[:-1],),
        (),
    ):
        with pytest.raises(InputUnreadable):
            unseal(b"".join(wrong))


def test_a_chunk_of_another_file_of_the_same_passphrase_is_noticed() -> None:
    one, two = seal(b"one" * 9), seal(b"two" * 9)
    with pytest.raises(InputUnreadable, match="damaged or cut off"):
        unseal(one[:HEADER_BYTES] + two[HEADER_BYTES:])


def test_a_wrong_passphrase_and_a_file_that_is_no_backup_are_told_apart() -> None:
    with pytest.raises(InputUnreadable, match=r"The passphrase does not open this backup"):
        unseal(seal(b"x"), passphrase="another phrase")
    with pytest.raises(InputUnreadable, match=r"Expected a backup of rom"):
        unseal(b"PK\3\4 and so on" * 100)


def test_an_accent_may_be_typed_in_two_ways() -> None:
    written, typed = (unicodedata.normalize(form, "Knöchel über alles") for form in ("NFC", "NFD"))
    assert written != typed
    assert unseal(seal(b"x", passphrase=written), passphrase=typed) == b"x"


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(UsageError, match="at least 8 letters"):
        seal(b"x", passphrase="seven77")


def test_guessing_costs_what_it_should(monkeypatch: pytest.MonkeyPatch) -> None:
    """OWASP's figures for scrypt: N = 2^17, r = 8, p = 1."""
    monkeypatch.undo()
    assert (sealed.SCRYPT_N, sealed.SCRYPT_R, sealed.SCRYPT_P) == (131072, 8, 1)
    assert unseal(seal(b"x")) == b"x"
