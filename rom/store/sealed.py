"""A file behind a passphrase, written and read as a stream.

Layout, version 1: the magic bytes, a salt of 16 bytes, and 16 bytes that tell a wrong passphrase from a damaged
file; then chunks of 1 MiB, each sealed by AES-256-GCM with 16 bytes behind it. The key is made of the passphrase
and the salt by scrypt. The nonce of a chunk is its number and whether it is the last, and what stands before the
first chunk is authenticated with every one: chunks cannot be changed, dropped, added, moved, or cut off at the end
unnoticed (the STREAM construction: Hoang, Reyhanitabar, Rogaway and Vizar 2015).
"""

import os
import unicodedata
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from rom.errors import InputUnreadable, UsageError

MAGIC = b"rom backup 1\n"
SALT_BYTES, PROOF_BYTES, KEY_BYTES, TAG_BYTES = 16, 16, 32, 16
CHUNK_BYTES = 1 << 20
#: Cost of scrypt: 128 MiB and half a second (OWASP's first choice for passwords).
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**17, 8, 1
#: A shorter passphrase is guessed too soon, whatever it costs to try one (NIST SP 800-63B).
PASSPHRASE_LETTERS = 8


class Sealing:
    """Writes: `write` as often as needed, then `finish`."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        if len(passphrase) < PASSPHRASE_LETTERS:
            raise UsageError(
                f"Expected a passphrase of at least {PASSPHRASE_LETTERS} letters; choose a longer one."
            )
        salt = os.urandom(SALT_BYTES)
        self._cipher, proof = _keys(passphrase, salt)
        self._header = MAGIC + salt + proof
        self._file, self._held, self._number = file, bytearray(), 0
        file.write(self._header)

    def write(self, data: bytes) -> int:
        """Take more in."""
        self._held += data
        while len(self._held) > CHUNK_BYTES:  # never the last chunk: `finish` has something to seal
            self._seal(bytes(self._held[:CHUNK_BYTES]), last=False)
            del self._held[:CHUNK_BYTES]
        return len(data)

    def finish(self) -> None:
        """Seal what is left, as the last chunk."""
        self._seal(bytes(self._held), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        """One chunk."""
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), chunk, self._header))
        self._number += 1


class Unsealing:
    """Reads what `Sealing` wrote; whatever is read was authenticated."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        self._header = file.read(len(MAGIC) + SALT_BYTES + PROOF_BYTES)
        if not self._header.startswith(MAGIC):
            raise InputUnreadable("Expected a backup of rom, but the file begins differently; name another file.")
        salt, proof = self._header[len(MAGIC) : -PROOF_BYTES], self._header[-PROOF_BYTES:]
        self._cipher, found = _keys(passphrase, salt)
        if found != proof:
            raise InputUnreadable("The passphrase does not open this backup; type it again, or name another file.")
        self._file, self._number = file, 0
        self._open, self._ahead = b"", file.read(CHUNK_BYTES + TAG_BYTES)
        self._ended = False

    def read(self, size: int) -> bytes:
        """So many bytes, fewer only at the end."""
        pieces = []
        while size > 0 and (self._open or self._next()):
            pieces.append(self._open[:size])
            self._open = self._open[size:]
            size -= len(pieces[-1])
        return b"".join(pieces)

    def _next(self) -> bool:
        """Open the next chunk; False after the last."""
        if self._ended:
            return False
        sealed, self._ahead = self._ahead, self._file.read(CHUNK_BYTES + TAG_BYTES)
        self._ended = not self._ahead
        try:
            nonce = _nonce(self._number, last=self._ended)
            self._open = self._cipher.decrypt(nonce, sealed, self._header)
        except InvalidTag as error:
            raise InputUnreadable(
                "The backup is damaged or cut off, and nothing of it was restored; use another copy of it."
            ) from error
        self._number += 1
        return bool(self._open)


def _keys(passphrase: str, salt: bytes) -> tuple[AESGCM, bytes]:
    """The cipher, and the proof that the passphrase is right."""
    spelt = unicodedata.normalize("NFC", passphrase).encode()  # keyboards spell an accent in two ways
    made = Scrypt(salt=salt, length=KEY_BYTES + PROOF_BYTES, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P).derive(spelt)
    return AESGCM(made[:KEY_BYTES]), made[KEY_BYTES:]


def _nonce(number: int, *, last: bool) -> bytes:
    """Twelve bytes: the number of a chunk, and whether it is the last."""
    return number.to_bytes(11, "big") + bytes([last])
