"""Writes oracle.json: proofs and assertions made without any code of the package.

    pip install cryptography==48.0.0
    python3 oracle.py

Ed25519 and ES256 signatures are made by OpenSSL through `cryptography`; those with points of small
order by the textbook arithmetic below, which OpenSSL will not make. Running it again gives the same
bytes.
"""

import base64
import hashlib
import json
import pathlib
import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

NOW = 1_760_000_000_000


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sha256(data):
    return hashlib.sha256(data).digest()


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def public_bytes(private):
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


# Envelopes --------------------------------------------------------------------------------------

CONTEXTS = [
    (1, "fintech_transfer", {"action": "pay", "amount_usd_cents": 125000, "destination_account":
     "acc-1", "initiator_id": "u-7", "timestamp": 1760000000, "currency": "USD"}),
    (2, "biometric_auth", {"action": "approve", "user_id": "u-7", "timestamp": 1760000000,
     "device_attestation": "none", "rp_id": "example.org"}),
    (3, "audit_log", {"action": "read", "event_type": "access", "timestamp":
     "2025-10-09T08:53:20Z", "user_id": "u-7", "resource": "ledger/äöü"}),
    (4, "login", {"action": "login", "user_id": "u-7", "timestamp": 1760000000,
     "authentication_method": "key", "client_version": "1.2.3"}),
    (5, "transaction", {"action": "approve", "transaction_type": "wire", "amount": "12.50",
     "currency": "EUR", "initiator_id": "u-7", "timestamp": 1760000000}),
]


def envelopes():
    for byte, name, context in CONTEXTS:
        private = Ed25519PrivateKey.from_private_bytes(bytes([byte + 10] * 32))
        nonce, body = sha256(name.encode())[:16], f"body of {name}".encode()
        issued, expires = NOW - 1000 * byte, NOW - 1000 * byte + 120_000
        text = canonical(context)
        signed = (b"proof/v1\0" + bytes([byte]) + nonce + struct.pack(">QQ", issued, expires)
                  + sha256(body) + struct.pack(">I", len(text)) + text)
        key = public_bytes(private)
        envelope = {"v": 1, "alg": "Ed25519", "public_key": b64(key), "nonce": b64(nonce),
                    "issued_at": issued, "expires_at": expires, "context_type": name,
                    "context": b64(text), "body_sha256": b64(sha256(body)),
                    "signature": b64(private.sign(signed))}
        yield {"seed": bytes([byte + 10] * 32).hex(), "kid": b64(sha256(key)), "body": body.hex(),
               "signed": signed.hex(), "envelope": json.dumps(envelope, separators=(",", ":"))}


# Ed25519 in the textbook's form -----------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(p, q):
    (x1, y1), (x2, y2) = p, q
    k = D * x1 * x2 * y1 * y2 % P
    return ((x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P,
            (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P)


def times(n, p):
    total = (0, 1)
    while n:
        if n & 1:
            total = add(total, p)
        p, n = add(p, p), n >> 1
    return total


def encode(p):
    return (p[1] | (p[0] & 1) << 255).to_bytes(32, "little")


def decode(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, (y & (2**255 - 1)) % P
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if x * x % P != xx:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != xx:
        return None
    return (P - x if x & 1 != sign else x, y)


def hash_scalar(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L


BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
ORDER_EIGHT = decode(bytes.fromhex(
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"))


def strict(key, message, signature):
    """The law: no small order, S below L, and R exactly the bytes of [S]B - [k]A."""
    a, r, s = decode(key), decode(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    if times(8, a) == (0, 1) or times(8, r) == (0, 1):
        return False
    k = hash_scalar(signature[:32], key, message)
    minus = times(k, a)
    return encode(add(times(s, BASE), (P - minus[0], minus[1]))) == signature[:32]


def openssl(key, message, signature):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        return True
    except InvalidSignature:
        return False


def torsioned():
    """Signatures whose R, or whose key, or both, have a part of small order."""
    secret = hash_scalar(b"secret of the oracle")
    for number in range(96):
        message = f"message {number}".encode()
        on_key, on_r = ((0, 1 + number % 7), (1 + number % 7, 0), (3, 1 + number % 7))[number % 3]
        key = encode(add(times(secret, BASE), times(on_key, ORDER_EIGHT)))
        nonce = hash_scalar(b"nonce", message)
        r = encode(add(times(nonce, BASE), times(on_r, ORDER_EIGHT)))
        s = (nonce + hash_scalar(r, key, message) * secret) % L
        signature = r + s.to_bytes(32, "little")
        accepted = strict(key, message, signature)
        assert accepted == openssl(key, message, signature)
        yield {"key": key.hex(), "message": message.hex(), "signature": signature.hex(),
               "accepted": accepted}


# Assertions -------------------------------------------------------------------------------------

RP_ID, ORIGIN = "example.org", "https://login.example.org"
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def assertions():
    private = ec.derive_private_key(int.from_bytes(sha256(b"credential"), "big") % N,
                                    ec.SECP256R1())
    other = ec.derive_private_key(7, ec.SECP256R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    context, nonce = canonical(CONTEXTS[1][2]), sha256(b"nonce of the server")
    challenge = sha256(b"proof/webauthn/v1\0" + nonce + sha256(context))

    def make(expected, *, kind="webauthn.get", asked=challenge, origin=ORIGIN, cross=False,
             rp=RP_ID, flags=0x05, counter=8, rest=b"", signer=private, tail="", twist=None,
             about=context, swap=None):
        client = json.dumps({"type": kind, "challenge": b64(asked), "origin": origin,
                             "crossOrigin": cross}, separators=(",", ":"))
        client = (client[:-1] + tail + "}").encode()
        data = sha256(rp.encode()) + bytes([flags]) + struct.pack(">I", counter) + rest
        algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        signature = signer.sign(data + sha256(client), algorithm)
        if twist:
            signature = twist(signature)
        if swap:
            data = swap(data)
        wire = {"credential_id": b64(b"credential-1"), "authenticator_data": b64(data),
                "client_data_json": b64(client), "signature": b64(signature),
                "context_type": "biometric_auth", "context": b64(about)}
        return {"expected": expected, "assertion": json.dumps(wire, separators=(",", ":"))}

    def negated(signature):
        r, s = utils.decode_dss_signature(signature)
        return utils.encode_dss_signature(r, N - s)

    def long_form(signature):
        return signature[:1] + b"\x81" + signature[1:]

    cases = [
        make("accepted"),
        make("accepted", flags=0x1D),
        make("accepted", twist=negated),
        make("accepted", flags=0x85, rest=b"\xa1\x63abc\xf5"),
        make("accepted", tail=',"later":{"any":[1]}'),
        make("wrong_type", kind="webauthn.create"),
        make("wrong_challenge", asked=sha256(b"another")),
        make("wrong_challenge", asked=b"short"),
        make("wrong_challenge", about=canonical(CONTEXTS[0][2])),
        make("wrong_origin", origin="https://login.example.org.evil.test"),
        make("wrong_origin", origin="https://LOGIN.example.org"),
        make("wrong_origin", cross=True),
        make("wrong_relying_party", rp="example.com"),
        make("user_not_present", flags=0x04),
        make("user_not_verified", flags=0x01),
        make("counter_not_raised", counter=7),
        make("counter_not_raised", counter=0),
        make("invalid_signature", signer=other),
        make("invalid_signature", swap=lambda data: data[:33] + b"\0\0\0\xff"),
        make("malformed", twist=long_form),
        make("malformed", twist=lambda signature: signature + b"\0"),
        make("malformed", twist=lambda signature: b""),
        make("malformed", rest=b"\xa0"),
        make("malformed", flags=0x85),
        make("malformed", flags=0x85, rest=b"\xa0\x00"),
        make("malformed", flags=0x45),
        make("malformed", flags=0x15),
        make("malformed", tail=',"origin":"https://login.example.org"'),
        make("malformed", swap=lambda data: data[:36]),
    ]
    return {"rp_id": RP_ID, "origin": ORIGIN, "credential_id": b"credential-1".hex(),
            "public_key": point.hex(), "counter": 7, "nonce": nonce.hex(),
            "context_sha256": sha256(context).hex(), "challenge": challenge.hex(), "cases": cases}


# Legacy -----------------------------------------------------------------------------------------


def legacy():
    private = Ed25519PrivateKey.from_private_bytes(bytes([7] * 32))
    key = public_bytes(private)
    context = json.dumps({"action": "login", "ip_address": "192.168.1.7", "timestamp":
                          NOW // 1000, "user_agent": "x", "user_id": "user-1000"}).encode()
    signature = private.sign(context)
    bundle = {"context": context.decode(), "signature": signature.hex(), "public_key": key.hex()}
    in_base64 = bundle | {"signature": b64(signature), "public_key": b64(key)}
    single = {"proof_bundle": bundle | {"algorithm": "Ed25519"},
              "metadata": {"client_version": "1.0.0", "timestamp": NOW // 1000}}
    relayed = {"sender": key.hex(), "context": context.hex(), "body": "hello",
               "proof": signature.hex()}
    return {"relayed": json.dumps(relayed), "single": json.dumps(single),
            "batch": json.dumps({"proofs": [bundle, in_base64], "client_id": "c"})}


def main():
    torsion = list(torsioned())
    assert 0 < sum(case["accepted"] for case in torsion) < len(torsion)
    found = {"now_ms": NOW, "envelopes": list(envelopes()), "torsioned": torsion,
             "webauthn": assertions(), "legacy": legacy()}
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    pathlib.Path(__file__).with_name("oracle.json").write_text(text)


main()
