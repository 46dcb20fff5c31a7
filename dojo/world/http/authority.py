"""Make the certificates of a server on this machine that plays hosts of the internet."""

from __future__ import annotations

import datetime
import functools
from pathlib import Path
from typing import Any


def write_certificates(folder: Path, *servers: tuple[str, ...]) -> tuple[Path, list[Path]]:
    """Make certificates of servers, and write them into files of a folder.

    Args:
        folder: Where the files go.
        servers: The names of each server.

    Returns:
        Who has signed them, all in one file, to be trusted by clients; and a file for each server.
    """
    authority = folder / "webhook-authority.pem"
    made = [make_certificates(hosts) for hosts in servers]
    authority.write_bytes(b"".join(signer for signer, _ in made))
    own = [folder / f"webhook-server-{number}.pem" for number in range(len(made))]
    for path, (_, content) in zip(own, made, strict=True):
        path.write_bytes(content)
    return authority, own


@functools.cache
def make_certificates(hosts: tuple[str, ...]) -> tuple[bytes, bytes]:
    """Make an authority and, signed by it, a certificate for some hosts; both live one day.

    Args:
        hosts: The names of the server.

    Returns:
        The authority, to be trusted by clients; and the server's own, certificate and key.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)

    def named(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])

    def begin(name: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named("dojo"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - day)
            .not_valid_after(now + day)
        )

    def usage(**granted: bool) -> x509.KeyUsage:
        names = (
            "digital_signature content_commitment key_encipherment data_encipherment"
            " key_agreement key_cert_sign crl_sign encipher_only decipher_only"
        )
        wanted: dict[str, Any] = {name: granted.get(name, False) for name in names.split()}
        return x509.KeyUsage(**wanted)

    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = (
        begin("dojo", root_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage(key_cert_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), False)
        .sign(root_key, hashes.SHA256())
    )
    own = (
        begin(hosts[0], key)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in hosts]), False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(digital_signature=True), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), False
        )
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return root.public_bytes(pem), own.public_bytes(pem) + private
