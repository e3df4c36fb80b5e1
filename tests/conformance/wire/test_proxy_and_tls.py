"""One port speaks HTTP, TLS and proxy: code with AWS's own addresses in it reaches the emulator, verified."""

import http.server
import os
import socket
import ssl
import stat
import subprocess
import threading

import pytest


@pytest.fixture(name="authority")
def certificate_file(emulator):
    exported = emulator.exports()
    return exported["AWS_CA_BUNDLE"]


def through_proxy(emulator, target):
    connection = socket.create_connection(("127.0.0.1", emulator.port), timeout=30)
    connection.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(1024)
    return connection, answer


@pytest.mark.parametrize("host", [
    "dynamodb.us-east-1.amazonaws.com", "cognito-idp.eu-west-3.amazonaws.com",
    "abcdefghij.execute-api.us-east-1.amazonaws.com", "my-app.auth.us-east-1.amazoncognito.com"])
def test_every_aws_host_is_answered_with_a_certificate_that_verifies(emulator, authority, host):
    context = ssl.create_default_context(cafile=authority)
    connection, answer = through_proxy(emulator, f"{host}:443")
    assert answer.startswith(b"HTTP/1.1 200")
    with context.wrap_socket(connection, server_hostname=host) as tls:
        assert ("DNS", host) in tls.getpeercert()["subjectAltName"]
        tls.sendall(f"GET /_fractus/health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert tls.recv(4096).startswith(b"HTTP/1.1 200")


def test_the_port_speaks_tls_without_a_proxy_too(emulator, authority):
    context = ssl.create_default_context(cafile=authority)
    for name in ("localhost", "localhost.localstack.cloud"):
        with socket.create_connection(("127.0.0.1", emulator.port), timeout=30) as plain:
            with context.wrap_socket(plain, server_hostname=name) as tls:
                tls.sendall(b"GET /_fractus/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                assert tls.recv(4096).startswith(b"HTTP/1.1 200")


def test_trusting_the_authority_is_safe(authority):
    # Its key signs for AWS's and local names only, so that a stolen key cannot stand for a bank.
    text = subprocess.run(["openssl", "x509", "-in", authority, "-noout", "-text"], capture_output=True, text=True,
                          check=True).stdout
    assert "Name Constraints: critical" in text and "amazonaws.com" in text
    assert "prime256v1" in text or "P-256" in text
    folder = os.path.dirname(authority)
    keys = [name for name in os.listdir(folder)
            if b"PRIVATE KEY" in open(os.path.join(folder, name), "rb").read()]
    assert keys
    for key in keys:
        assert stat.S_IMODE(os.stat(os.path.join(folder, key)).st_mode) == 0o600


def test_the_authority_is_made_once_per_user(start, tmp_path):
    bundles = []
    for _ in range(2):
        emulator = start(folder=tmp_path).ready()
        bundles.append(open(emulator.exports()["AWS_CA_BUNDLE"], encoding="utf-8").read())
        assert emulator.stop() == 0
    assert bundles[0] == bundles[1]


def test_requests_in_absolute_form_are_served(emulator):
    status, _, body = emulator.http("GET", "http://dynamodb.us-east-1.amazonaws.com/_fractus/health")
    assert status == 200 and b"dynamodb" in body


@pytest.fixture(name="outside")
def a_server_that_is_not_aws():
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = b"outside " + self.path.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_other_hosts_are_tunnelled(emulator, outside):
    connection, answer = through_proxy(emulator, f"127.0.0.1:{outside}")
    assert answer.startswith(b"HTTP/1.1 200")
    with connection:
        connection.sendall(b"GET /tunnel HTTP/1.0\r\n\r\n")
        received = b""
        while chunk := connection.recv(4096):
            received += chunk
    assert received.endswith(b"outside /tunnel")


def test_other_hosts_are_refused_offline(start, outside):
    emulator = start("--offline").ready()
    connection, answer = through_proxy(emulator, f"127.0.0.1:{outside}")
    connection.close()
    assert answer.startswith(b"HTTP/1.1 403")


def test_a_host_that_cannot_be_reached_is_a_bad_gateway(emulator):
    connection, answer = through_proxy(emulator, "127.0.0.1:1")
    connection.close()
    assert answer.startswith(b"HTTP/1.1 502")
