"""A header is a contract: it opens with one sentence that says what it is for."""

import re
import warnings

from support import sources

LONG = 400


def complaint(text):
    """What is wrong with the first lines of a header, or None."""
    # Headers that C may include too have C's comments and guards.
    comment = re.match(r"(?://[^\n]*\n)+|/\*.*?\*/\n", text, re.DOTALL)
    if not comment:
        return "does not open with a comment"
    sentence = re.sub(r"\s*(?:\n\s*)?(?://|/\*|\*/|\n \*)\s?", " ", comment.group()).strip()
    if not re.match(r"[A-Z`\"A-Za-z0-9].*[.:)]", sentence):
        return "does not open with a sentence"
    if not re.match(r"\s*#pragma once\b|\s*#ifndef (\w+)\n#define \1\b", text[comment.end():]):
        return "has no #pragma once below its first sentence"
    return None


def too_long(lengths):
    return sorted(((count, path) for path, count in lengths.items() if count > LONG), reverse=True)


def test_every_header_says_what_it_is_for():
    headers = {path: complaint(sources.read(path)) for path in sources.files("*.h")}
    assert headers
    assert not {path: problem for path, problem in headers.items() if problem}


def test_long_files_are_listed():
    lengths = {path: sources.read(path).count("\n") for path in sources.files("*.h", "*.cpp", "*.py")}
    for count, path in too_long(lengths):
        warnings.warn(f"{path} has {count} lines; files are meant to stay below {LONG}")


def test_these_lints_can_fail():
    assert complaint("#pragma once\n")
    assert complaint("//\n#pragma once\n")
    assert complaint("// What this is for.\nint x;\n")
    assert complaint("// What this is for.\n// In two lines.\n#pragma once\n") is None
    assert complaint("/* What this is for. */\n#ifndef X_H_\n#define X_H_\n") is None
    assert too_long({"a.cpp": 401, "b.cpp": 400, "c.cpp": 900}) == [(900, "c.cpp"), (401, "a.cpp")]
