#!/usr/bin/python3
"""Collects the `Differs from AWS:` comments of the sources and keeps the README's list of them up to date."""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support import sources  # noqa: E402

BEGIN = "<!-- differences: begin (make differences) -->"
END = "<!-- differences: end -->"
TITLES = {"dynamo": "DynamoDB", "cognito": "Cognito", "lambdas": "Lambda", "gateway": "API Gateway",
          "emulator/services/cloudformation": "CloudFormation", "emulator/services/logs": "CloudWatch Logs",
          "emulator/services/sns": "SNS", "emulator/services/cloudwatch": "CloudWatch",
          "emulator/services/iam": "IAM", "emulator/services/sts": "STS",
          "emulator/services/secretsmanager": "Secrets Manager"}


def title_of(path):
    for folder, title in TITLES.items():
        if path.startswith(folder + "/"):
            return title
    return "Everywhere"


def found_in(text):
    """The sentences behind the tag in one file, each with the comment lines that continue it."""
    for match in re.finditer(r"(?://|#)\s*Differs from AWS:\s*(.*(?:\n\s*(?://|#)(?!\s*[A-Z][\w ]+:\s).*)*)", text):
        sentence = re.sub(r"\s*\n\s*(?://|#)\s*", " ", match.group(1)).strip()
        sentence = re.sub(r"\s*Source: .*$", "", sentence)
        if sentence:
            yield sentence[0].upper() + sentence[1:].rstrip(".") + "."


def listing():
    groups = {}
    for path in sources.files("*.h", "*.cpp", "*.py"):
        if path.startswith("tests/") or path.endswith("_test.cpp"):
            continue
        for sentence in found_in(sources.read(path)):
            groups.setdefault(title_of(path), {})[sentence] = None
    order = [title for title in TITLES.values()] + ["Everywhere"]
    lines = []
    for title in sorted(groups, key=order.index):
        lines += ["", f"**{title}**", ""] + [f"- {sentence}" for sentence in groups[title]]
    return "\n".join(lines).strip() + "\n"


def renewed(text):
    """`text` with the list between the two marks replaced."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{listing()}\n{END}{after}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", metavar="FILE", help="renew the list in this file instead of printing it")
    arguments = parser.parse_args()
    if not arguments.write:
        print(listing(), end="")
        return
    file = pathlib.Path(arguments.write)
    file.write_text(renewed(file.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
