"""The README does not fall behind: its lists are those that the sources tell."""

import importlib.util
import re

from support import sources


def readme_tool():
    spec = importlib.util.spec_from_file_location("readme", sources.ROOT / "tests/tools/readme.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_lists_are_up_to_date():
    text = sources.read("README.md")
    assert readme_tool().renewed(text) == text, "run `make readme`"


def test_every_folder_of_the_map_is_there():
    section = sources.read("README.md").split("## Map of folders")[1].split("\n## ")[0]
    folders = re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)
    assert len(folders) > 10
    assert not [folder for folder in folders if not (sources.ROOT / folder).is_dir()]


def test_these_lints_can_fail():
    tool = readme_tool()
    found = list(tool.differences_in("// Differs from AWS: one thing\n//  is other.\n// Source: page\nint x;\n"))
    assert found == ["One thing is other."]
    body = 'Table Room::Operations() {\n  return {{"GetItem", x}, {"Other", y}};\n}\n{"PutItem"}\n'
    assert tool.operations_in(body, {"GetItem", "PutItem"}) == {"GetItem"}
    marks = "".join(f"<!-- {name}: begin (make readme) -->outdated text<!-- {name}: end -->" for name in tool.SECTIONS)
    assert "outdated text" not in tool.renewed(marks)
