"""Codes of an authenticator app: RFC 6238."""

import base64
import hashlib
import hmac
import struct
import time


def code(secret, at=None):
    """The six digits for a base32 secret at that time in seconds (now, unless told)."""
    step = int(time.time() if at is None else at) // 30
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"
