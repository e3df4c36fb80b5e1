"""Nothing in the repository may depend on, or tell about, the machine it was written on."""

import re

from support import sources

# Written so that this file does not match itself.
MACHINE = re.compile(r"(?<![\w.])/(?:wor[k]|roo[t]|far[m])(?:/|\b(?=[\"'\s]))|/home/[a-z]+[/\"']|/tmp/bash_job[s]")


def machine_paths(text):
    return [match.group() for match in MACHINE.finditer(text)]


def test_no_file_names_a_path_of_one_machine():
    found = []
    for path in sources.files():
        try:
            text = sources.read(path)
        except UnicodeDecodeError:
            continue
        found += [f"{path}: {hit}" for hit in machine_paths(text)]
    assert not found, "\n".join(found)


def test_this_lint_can_fail():
    for bad in ("wor" + "k/main/build", "roo" + "t/.cache", "home/somebody/src", "tmp/bash_job" + "s.0/1"):
        assert machine_paths(f'"/{bad}"'), bad
    for good in ("/var/task", "../shared/workshop", "network/worker", "/tmp/x", "https://example.com/working"):
        assert not machine_paths(good), good
