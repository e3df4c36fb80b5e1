"""The client's half of Cognito's SRP, written from the RFCs: numbers, hashes and nothing else."""

import base64
import datetime
import hashlib
import hmac
import secrets

# RFC 3526, group 15: the 3072-bit prime, made from its definition.
_PI_PART = 1690314


def _pi_bits(bits):
    """floor(2^bits * pi), by Machin's formula."""
    guard = 64
    one = 1 << (bits + guard)

    def arctan_inverse(x):
        total = term = one // x
        n, sign = 3, -1
        while term:
            term //= x * x
            total += sign * (term // n)
            sign, n = -sign, n + 2
        return total

    return (4 * (4 * arctan_inverse(5) - arctan_inverse(239))) >> guard


PRIME = 2**3072 - 2**3008 - 1 + 2**64 * (_pi_bits(2942) + _PI_PART)
GENERATOR = 2


def _bytes(number):
    """Big-endian, with a zero byte in front of a set top bit."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _hash(data):
    return hashlib.sha256(data).digest()


def _number(data):
    return int.from_bytes(data, "big")


MULTIPLIER = _number(_hash(_bytes(PRIME) + _bytes(GENERATOR)))


def _secret_exponent(group, user, password, salt):
    return _number(_hash(_bytes(salt) + _hash(f"{group}{user}:{password}".encode())))


class Client:
    """One exchange: `public` goes out, `answer` turns the challenge's parameters into the proof."""

    def __init__(self):
        self.secret = secrets.randbits(256)
        self._public = pow(GENERATOR, self.secret, PRIME)
        self.public = f"{self._public:x}"

    def answer(self, group, user, password, parameters, timestamp=None):
        their_public = int(parameters["SRP_B"], 16)
        u = _number(_hash(_bytes(self._public) + _bytes(their_public)))
        x = _secret_exponent(group, user, password, int(parameters["SALT"], 16))
        shared = pow(their_public - MULTIPLIER * pow(GENERATOR, x, PRIME), self.secret + u * x, PRIME)
        extracted = hmac.new(_bytes(u), _bytes(shared), hashlib.sha256).digest()
        key = hmac.new(extracted, b"Caldera Derived Key\1", hashlib.sha256).digest()[:16]
        now = datetime.datetime.now(datetime.timezone.utc)
        timestamp = timestamp or f"{now:%a %b} {now.day} {now:%H:%M:%S UTC %Y}"
        message = (group + user).encode() + base64.b64decode(parameters["SECRET_BLOCK"]) + timestamp.encode()
        return {
            "TIMESTAMP": timestamp,
            "PASSWORD_CLAIM_SECRET_BLOCK": parameters["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode(),
        }


def verifier(group, user, password):
    """(DeviceSecretVerifierConfig) for a device that makes a password for itself."""
    salt = secrets.randbits(128)
    value = pow(GENERATOR, _secret_exponent(group, user, password, salt), PRIME)
    return {"Salt": base64.b64encode(_bytes(salt)).decode(), "PasswordVerifier": base64.b64encode(_bytes(value)).decode()}


def sign_in(pool, username, password, **parameters):
    """USER_SRP_AUTH up to the answer that follows a right password."""
    client = Client()
    challenge = pool.idp.initiate_auth(ClientId=pool.client, AuthFlow="USER_SRP_AUTH",
                                       AuthParameters={"USERNAME": username, "SRP_A": client.public, **parameters})
    assert challenge["ChallengeName"] == "PASSWORD_VERIFIER"
    shown = challenge["ChallengeParameters"]
    user = shown["USER_ID_FOR_SRP"]
    answer = client.answer(pool.id.split("_")[1], user, password, shown)
    return pool.idp.respond_to_auth_challenge(
        ClientId=pool.client, ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses={"USERNAME": user, **answer, **parameters})
