#!/usr/bin/python3
"""Strips botocore's service models and writes them as assembler and C++ to embed in the binary.

usage: embed.py OUT_DIR PATCHES_JSON... -- SERVICE...
"""
import json
import pathlib
import sys

import botocore

DROPPED = {"documentation", "documentationUrl", "examples", "deprecatedMessage", "deprecatedSince",
           "endpoint", "endpointdiscovery", "endpointoperation", "auth"}


def stripped(node):
    if isinstance(node, dict):
        return {key: stripped(value) for key, value in node.items()
                if not (key in DROPPED and not isinstance(value, dict))}
    if isinstance(node, list):
        return [stripped(value) for value in node]
    return node


def newest_model(service):
    folder = pathlib.Path(botocore.__file__).parent / "data" / service
    versions = sorted(version.name for version in folder.iterdir() if (version / "service-2.json").exists())
    return json.loads((folder / versions[-1] / "service-2.json").read_text())


def main():
    split = sys.argv.index("--")
    out = pathlib.Path(sys.argv[1])
    patches = {}
    for file in sys.argv[2:split]:
        for service, operations in json.loads(pathlib.Path(file).read_text()).items():
            patches.setdefault(service, []).extend(operations)
    assembler, table = [".section .rodata"], []
    for service in sys.argv[split + 1:]:
        model = {"model": stripped(newest_model(service)), "patches": patches.get(service, [])}
        file = out / f"{service}.json"
        file.write_text(json.dumps(model, separators=(",", ":")))
        symbol = "fractus_model_" + service.replace("-", "_")
        assembler.append(f'.global {symbol}\n.global {symbol}_end\n{symbol}:\n.incbin "{file}"\n{symbol}_end:\n.byte 0')
        table.append((service, symbol))
    assembler.append('.section .note.GNU-stack,"",%progbits')
    (out / "models.S").write_text("\n".join(assembler) + "\n")
    lines = ['#include "emulator/model/embedded.h"', 'extern "C" {']
    lines += [f"extern const char {symbol}[];\nextern const char {symbol}_end[];" for _, symbol in table]
    lines += ["}", "namespace fractus::model {", "const std::vector<EmbeddedModel>& EmbeddedModels() {",
              "  static const std::vector<EmbeddedModel> kModels = {"]
    lines += [f'      {{"{service}", {{{symbol}, {symbol}_end}}}},' for service, symbol in table]
    lines += ["  };", "  return kModels;", "}", "}  // namespace fractus::model"]
    (out / "models.cpp").write_text("\n".join(lines) + "\n")


main()
