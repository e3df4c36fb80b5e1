"""Uploaded archives come from anywhere: what does not belong in a function's folder must not get out of it."""

import stat
import zipfile

import pytest

from support import functions
from support.errors import error_of

ECHO = "def handler(event, context):\n    return event\n"


@pytest.fixture(name="lambdas")
def client(emulator):
    return emulator.client("lambda")


def upload(lambdas, name, code):
    return error_of(lambdas.create_function, FunctionName=name, Role=functions.ROLE, Runtime="python3.11",
                    Handler="app.handler", Code={"ZipFile": code})


@pytest.mark.parametrize("path", ["../escaped.py", "a/../../escaped.py", "/tmp/fractus-escaped.py", "..\\escaped.py/../.."])
def test_paths_that_leave_the_folder_are_refused(lambdas, name, path, tmp_path, alive):
    code, _ = upload(lambdas, name, functions.archive({"app.py": ECHO, path: "print('out')"}))
    assert code == "InvalidParameterValueException"
    assert error_of(lambdas.get_function, FunctionName=name)[0] == "ResourceNotFoundException"


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../../etc/passwd"])
def test_links_that_leave_the_folder_are_refused(lambdas, name, target, alive):
    link = zipfile.ZipInfo("data")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    code, _ = upload(lambdas, name, functions.archive([("app.py", ECHO), (link, target)]))
    assert code == "InvalidParameterValueException"


def test_a_bomb_is_refused_before_it_goes_off(lambdas, name, alive):
    code, message = upload(lambdas, name, functions.archive({"app.py": ECHO, "zeros": b"\0" * 300_000_000}))
    assert (code, message) == (
        "InvalidParameterValueException", "Unzipped size must be smaller than 262144000 bytes")


@pytest.mark.parametrize("rubbish", [b"this is no zip", b"PK\x03\x04" + b"\xff" * 200, b"\x00"])
def test_what_is_no_archive_is_refused(lambdas, name, rubbish, alive):
    assert upload(lambdas, name, rubbish) == (
        "InvalidParameterValueException",
        "Could not unzip uploaded file. Please check your file, then try to upload again.")


def test_a_file_where_a_folder_should_be_is_no_way_out(lambdas, name, alive):
    # The same path first as a link out of the folder, then as a file to be written through it.
    link = zipfile.ZipInfo("door")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    code, _ = upload(lambdas, name, functions.archive([("app.py", ECHO), (link, "/tmp"), ("door/evil.py", "x")]))
    assert code == "InvalidParameterValueException"
