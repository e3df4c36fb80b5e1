"""Connections that are not well behaved: half requests, slow clients, oversize bodies, rubbish. The emulator stays up."""

import contextlib
import re
import socket

import pytest

from support.emulator import credential

pytestmark = pytest.mark.usefixtures("alive")


@contextlib.contextmanager
def raw(emulator):
    with socket.create_connection(("127.0.0.1", emulator.port), timeout=30) as connection:
        yield connection


def answer_to(emulator, data):
    """All bytes that come back until the other side closes; the sender says that it is done."""
    with raw(emulator) as connection:
        received = b""
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                received += chunk
        except TimeoutError:
            raise
        except OSError:
            # A refusal may close the connection while more is on its way.
            pass
        return received


TLS_ALERT = b"\x15\x03"
HEALTH = b"GET /_fractus/health HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize("data", [
    b"", b"\r\n", b"G", b"GET / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    b"nonsense\r\n\r\n", b"\x00" * 1000, b"GET noslash HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    HEALTH + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
    HEALTH.replace(b"localhost", b"local\x00host") + b"\r\n",
], ids=lambda data: repr(data[:60]))
def test_rubbish_gets_a_refusal_or_nothing(emulator, data):
    answer = answer_to(emulator, data)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4") or answer.startswith(b"HTTP/1.1 505"), answer[:200]


@pytest.mark.parametrize("data", [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xff" * 600, b"\x16\x03\x01\x00\x05hello", b"\x16", b"\x16\x03",
    b"\x16\x03\x03\xff\xff" + b"\x00" * 70_000,
], ids=["hello", "record", "byte", "bytes", "zeros"])
def test_garbage_tls_is_dropped(emulator, data):
    answer = answer_to(emulator, data)
    assert answer == b"" or answer.startswith(TLS_ALERT), answer[:200]


def test_a_client_that_goes_away_in_the_middle_harms_nobody(emulator):
    for size in (1, 10, 100):
        with raw(emulator) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" + b"x" * size)


def test_slow_clients_do_not_hold_up_fast_ones(emulator):
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(raw(emulator)) for _ in range(200)]
        for connection in slow:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: local")
        assert emulator.http("GET", "/_fractus/health")[0] == 200
        # The slow ones still get their answer when they come to an end.
        slow[0].sendall(b"host\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        assert slow[0].recv(4096).startswith(b"HTTP/1.1 4")


def test_a_request_may_come_byte_by_byte(emulator):
    with raw(emulator) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in HEALTH + b"Connection: close\r\n\r\n":
            connection.sendall(bytes([byte]))
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")


def test_several_requests_in_one_piece_are_answered_in_order(emulator):
    answer = answer_to(emulator, (HEALTH + b"\r\n") + b"GET /_fractus/nope HTTP/1.1\r\nHost: localhost\r\n\r\n" +
                       HEALTH + b"Connection: close\r\n\r\n")
    statuses = re.findall(rb"HTTP/1\.1 (\d+)", answer)
    assert statuses == [b"200", b"404", b"200"]


def test_ordinary_and_chunked_requests_may_follow_each_other(emulator):
    # They are read in two ways from one buffer.
    head = (f"POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: {credential('dynamodb')}\r\n"
            "X-Amz-Target: DynamoDB_20120810.ListTables\r\nContent-Type: application/x-amz-json-1.0\r\n").encode()
    plain = head + b"Content-Length: 2\r\n\r\n{}"
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    answer = answer_to(emulator, plain + chunked + plain + chunked + HEALTH + b"Connection: close\r\n\r\n")
    assert re.findall(rb"HTTP/1\.1 (\d+)", answer) == [b"200"] * 5


def test_two_lengths_of_a_body_are_refused(emulator):
    # Whoever believed the other length would take the rest for a request of its own.
    for lengths in (b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", b"Content-Length: 2\r\nContent-Length: 3\r\n"):
        answer = answer_to(emulator, HEALTH.replace(b"GET", b"POST") + lengths + b"\r\n{}\r\n0\r\n\r\n")
        assert re.findall(rb"HTTP/1\.1 (\d+)", answer) == [b"400"], answer


def test_a_body_that_no_service_takes_is_refused(emulator):
    head = (f"POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: {credential('dynamodb')}\r\n"
            "Content-Length: 1000000000\r\n\r\n").encode()
    with raw(emulator) as connection:
        connection.sendall(head)
        assert connection.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_body_too_large_for_its_service_is_refused(emulator):
    # DynamoDB takes 16 MB.
    status, _, _ = emulator.call("DynamoDB_20120810.PutItem", '{"TableName": "' + "x" * (17 << 20) + '"}')
    assert status in (400, 413)


def test_a_chunked_body_is_read(emulator):
    answer = answer_to(emulator, (
        f"POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: {credential('dynamodb')}\r\n"
        "X-Amz-Target: DynamoDB_20120810.ListTables\r\nContent-Type: application/x-amz-json-1.0\r\n"
        "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n").encode())
    assert answer.startswith(b"HTTP/1.1 200") and b"TableNames" in answer


def test_expect_continue_is_answered(emulator):
    with raw(emulator) as connection:
        connection.sendall((f"POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: {credential('dynamodb')}\r\n"
                            "X-Amz-Target: DynamoDB_20120810.ListTables\r\nContent-Length: 2\r\n"
                            "Content-Type: application/x-amz-json-1.0\r\n"
                            "Expect: 100-continue\r\nConnection: close\r\n\r\n").encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 100")
        connection.sendall(b"{}")
        assert b"TableNames" in connection.recv(65536)


def test_head_has_no_body(emulator):
    answer = answer_to(emulator, HEALTH.replace(b"GET", b"HEAD") + b"Connection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"\r\n\r\n")
