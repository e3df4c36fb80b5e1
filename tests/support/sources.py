"""Which files the lints look at."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def files(*patterns):
    """Paths below the root of tracked and new files, as text, without what git ignores."""
    listing = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "--", *patterns], cwd=ROOT, check=True,
                             capture_output=True, text=True).stdout
    return [path for path in sorted(set(listing.splitlines())) if (ROOT / path).is_file()]


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def without_comments_and_strings(text):
    """C++ text with comments and the insides of literals blanked out, line breaks kept."""
    out, i = [], 0
    while i < len(text):
        if text.startswith("//", i):
            end = text.find("\n", i)
            end = len(text) if end < 0 else end
            out.append(" " * (end - i))
        elif text.startswith("/*", i):
            end = text.find("*/", i)
            end = len(text) if end < 0 else end + 2
            out.append("".join("\n" if c == "\n" else " " for c in text[i:end]))
        elif text.startswith('R"', i):
            delimiter = text[i + 2:text.index("(", i)]
            end = text.find(f'){delimiter}"', i)
            end = len(text) if end < 0 else end + len(delimiter) + 2
            out.append('"' + "".join("\n" if c == "\n" else " " for c in text[i + 1:end - 1]) + '"')
        elif text[i] in "\"'" and not (text[i] == "'" and i > 0 and text[i - 1].isalnum()):
            end = i + 1
            while end < len(text) and text[end] not in (text[i], "\n"):
                end += 2 if text[end] == "\\" else 1
            end = min(end + 1, len(text))
            out.append(text[i] + " " * (end - i - 2) + text[i])
        else:
            end = i + 1
            out.append(text[i])
        i = end
    return "".join(out)
