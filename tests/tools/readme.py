#!/usr/bin/python3
"""Keeps the README's lists (what is served, what differs from AWS) as the sources tell them. Used by `make readme`."""

import argparse
import pathlib
import re
import sys

import botocore.loaders

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support import sources  # noqa: E402

# Folder, title, name of the service's model.
ROOMS = [("dynamo", "DynamoDB", "dynamodb"), ("dynamo", "DynamoDB Streams", "dynamodbstreams"),
         ("cognito", "Cognito user pools", "cognito-idp"),
         ("lambdas", "Lambda", "lambda"), ("gateway", "API Gateway (REST)", "apigateway"),
         ("emulator/services/cloudformation", "CloudFormation", "cloudformation"),
         ("emulator/services/logs", "CloudWatch Logs", "logs"),
         ("emulator/services/cloudwatch", "CloudWatch", "cloudwatch"), ("emulator/services/sns", "SNS", "sns"),
         ("emulator/services/iam", "IAM", "iam"), ("emulator/services/sts", "STS", "sts"),
         ("emulator/services/secretsmanager", "Secrets Manager", "secretsmanager")]


def cpp_files(folder):
    return [path for path in sources.files(f"{folder}/*.h", f"{folder}/*.cpp", f"{folder}/*.py")
            if not path.endswith("_test.cpp") and "/testing/" not in path]


def operations_in(text, known):
    """The names of `known` operations in the bodies of a room's Operations() and StreamOperations()."""
    bodies = re.findall(r"::\w*Operations\(\) \{\n(.*?)^\}", text, re.DOTALL | re.MULTILINE)
    return set(re.findall(r'"([A-Z]\w+)"', "".join(bodies))) & known


def served():
    loader = botocore.loaders.Loader()
    lines = ["| Service | Operations |", "|---|---|"]
    for folder, title, model in ROOMS:
        known = set(loader.load_service_model(model, "service-2")["operations"])
        names = set().union(*(operations_in(sources.read(path), known) for path in cpp_files(folder)), set())
        if names:
            lines.append(f"| {title} | {', '.join(sorted(names))} |")
    types = set()
    for path in cpp_files("emulator/services/cloudformation/resources"):
        types |= set(re.findall(r'"(AWS::\w+::\w+)"', sources.read(path)))
    if types:
        lines += ["", f"Resource types of CloudFormation: {', '.join(f'`{name}`' for name in sorted(types))}; and with the SAM "
                  "transform `AWS::Serverless::Function`, `AWS::Serverless::Api`."]
    return "\n".join(lines) + "\n"


def differences_in(text):
    """The sentences behind the tag in one file, each with the comment lines that continue it."""
    for match in re.finditer(r"(?://|#)\s*Differs from AWS:\s*(.*(?:\n\s*(?://|#)(?!\s*[A-Z][\w ]+:\s).*)*)", text):
        sentence = re.sub(r"\s*\n\s*(?://|#)\s*", " ", match.group(1)).strip()
        sentence = re.sub(r"\s*Source: .*$", "", sentence)
        if sentence:
            yield sentence[0].upper() + sentence[1:].rstrip(".") + "."


def differences():
    groups = {}
    for path in sources.files("*.h", "*.cpp", "*.py"):
        if path.startswith(("tests/", "fixtures/")) or path.endswith("_test.cpp"):
            continue
        title = next((title for folder, title, _ in ROOMS if path.startswith(folder + "/")), "Everywhere")
        for sentence in differences_in(sources.read(path)):
            groups.setdefault(title, {})[sentence] = None
    lines = []
    for title in [title for _, title, _ in ROOMS] + ["Everywhere"]:
        if title in groups:
            lines += [f"**{title}**", ""] + [f"- {sentence}" for sentence in groups[title]] + [""]
    return "\n".join(lines).strip() + "\n"


SECTIONS = {"served": served, "differences": differences}


def renewed(text):
    """`text` with every list between its two marks replaced."""
    for name, make in SECTIONS.items():
        begin, end = f"<!-- {name}: begin (make readme) -->", f"<!-- {name}: end -->"
        before, _, rest = text.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            raise ValueError(f"The README has lost its marks of {name}.")
        text = f"{before}{begin}\n\n{make()}\n{end}{after}"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", metavar="FILE", help="renew the lists in this file instead of printing them")
    arguments = parser.parse_args()
    if not arguments.write:
        print(*(make() for make in SECTIONS.values()), sep="\n")
        return
    file = pathlib.Path(arguments.write)
    file.write_text(renewed(file.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
