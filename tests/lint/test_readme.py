"""The README does not fall behind: its list of differences is the one that the sources tell."""

import importlib.util

from support import sources


def differences():
    spec = importlib.util.spec_from_file_location("differences", sources.ROOT / "tests/tools/differences.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_list_of_differences_is_up_to_date():
    text = sources.read("README.md")
    assert differences().renewed(text) == text, "run `make differences`"


def test_every_folder_of_the_map_is_there():
    import re

    section = sources.read("README.md").split("## Map of folders")[1].split("\n## ")[0]
    folders = re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)
    assert len(folders) > 10
    assert not [folder for folder in folders if not (sources.ROOT / folder).is_dir()]


def test_these_lints_can_fail():
    found = list(differences().found_in("// Differs from AWS: one thing\n//  is other.\n// Source: page\nint x;\n"))
    assert found == ["One thing is other."]
    assert differences().renewed("a" + differences().BEGIN + "old" + differences().END + "b") != (
        "a" + differences().BEGIN + "old" + differences().END + "b")
