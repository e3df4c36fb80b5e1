#!/usr/bin/python3
"""Runs every test of a finished build and ends with one line that says how it went. Used by `make test`."""

import argparse
import os
import pathlib
import subprocess
import sys
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
PYTEST = [sys.executable, "-B", "-m", "pytest", "-c", "tests/pytest.ini", "-p", "no:cacheprovider", "-q"]


def count(reports):
    """The number of test cases and of failed ones in JUnit files."""
    cases = failed = 0
    for report in reports:
        for case in xml.etree.ElementTree.parse(report).iter("testcase"):
            cases += 1
            failed += case.find("failure") is not None or case.find("error") is not None
    return cases, failed


def run(name, command, reports, environment):
    print(f"\n== {name}", flush=True)
    for old in reports.glob("*.xml"):
        old.unlink()
    reports.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    seconds = time.monotonic() - started
    cases, failed = count(reports.glob("*.xml"))
    # A step that ran nothing has tested nothing.
    passed = code == 0 and cases > 0
    return name, passed, cases, failed, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/release", help="the build folder to test")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    build = ROOT / arguments.build
    results = build / "test-results"
    environment = dict(os.environ, FRACTUS_BINARY=str(build / "fractus"))

    unit = dict(environment, GTEST_OUTPUT=f"xml:{results / 'unit'}/")
    steps = [run("unit", ["ctest", "--test-dir", str(build), "-j", str(arguments.jobs), "--output-on-failure",
                          "--no-tests=error", "--timeout", "600"], results / "unit", unit)]
    for name in ("lint", "conformance", "e2e"):
        command = PYTEST + [f"--junitxml={results / name / 'report.xml'}", f"tests/{name}"]
        steps.append(run(name, command, results / name, environment))

    print("\n== summary")
    for name, passed, cases, failed, seconds in steps:
        verdict = "passed" if passed else f"FAILED ({failed} of them)"
        print(f"  {name:<12} {cases:>5} tests  {verdict}  in {seconds:.0f} s")
    total = sum(step[2] for step in steps)
    if all(step[1] for step in steps):
        print(f"All {total} tests passed.")
        return 0
    print(f"{sum(step[3] for step in steps)} of {total} tests failed; the steps marked FAILED say which.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
