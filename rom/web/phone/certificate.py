"""A certificate that this computer writes for itself: it encrypts, and says nothing about who answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

#: A clock that is a little slow must not refuse it; and nobody needs it tomorrow.
BEFORE, AFTER = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Where the two files lie, and the SHA-256 of the certificate as people compare it."""

    certificate: Path
    key: Path
    fingerprint: str


@contextmanager
def self_signed(host: str) -> Iterator[Certificate]:
    """A new key and certificate for an IP address, in files that only this user may read and that go at the end."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "rom on this computer")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEFORE)
        .not_valid_after(now + AFTER)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    fingerprint = _in_pairs(certificate.fingerprint(hashes.SHA256()))
    with TemporaryDirectory(prefix="rom-") as folder:  # of this user alone (0700)
        made = Certificate(Path(folder) / "certificate.pem", Path(folder) / "key.pem", fingerprint)
        made.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        made.key.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        )
        yield made


def _in_pairs(digest: bytes) -> str:
    """As browsers show it: ``AB:CD:...``."""
    return digest.hex(":").upper()
