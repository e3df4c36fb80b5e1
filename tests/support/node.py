"""Runs JavaScript clients: their packages come from npm, once, into build/npm."""

import json
import pathlib
import shutil
import subprocess

import pytest

from support.emulator import PATIENCE, ROOT, clean_environment

FOLDER = ROOT / "build/npm"
DIALOGUE = pathlib.Path(__file__).with_name("dialogue.mjs")


def packages(**wanted):
    """Installs packages of these versions where they are missing; names may have underscores for hyphens."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.fail("node and npm are not installed; `make test` installs them")
    missing = []
    for name, version in wanted.items():
        name = name.replace("_", "-")
        manifest = FOLDER / "node_modules" / name / "package.json"
        if not manifest.exists() or json.loads(manifest.read_text())["version"] != version:
            missing.append(f"{name}@{version}")
    if not missing:
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["npm", "install", "--prefix", str(FOLDER), "--save-exact", "--no-audit", "--no-fund", "--silent",
                           *missing], capture_output=True, text=True, timeout=10 * PATIENCE, check=False)
    if done.returncode != 0:
        pytest.fail(f"npm cannot install {' '.join(missing)}: {done.stderr.strip()[-300:]}")


class Script:
    """A script that asks its questions on standard output, a line of JSON each, and is answered on standard input."""

    def __init__(self, path, folder=None, environment=None, **settings):
        # Next to their packages, where node looks for them.
        for source in (DIALOGUE, *path.parent.glob("*.mjs")):
            (FOLDER / source.name).write_bytes(source.read_bytes())
        self.process = subprocess.Popen(["node", str(FOLDER / path.name), json.dumps(settings)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=environment or clean_environment(folder))

    def read(self):
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        return json.loads(line)

    def answer(self, value):
        self.process.stdin.write(json.dumps(value) + "\n")
        self.process.stdin.flush()
        return self.read()

    def end(self):
        self.process.stdin.close()
        assert self.process.wait(PATIENCE) == 0, self.process.stderr.read()
