"""Guards the layers: rooms never include one another, the house only looks down, main.cpp may see all."""

import re

from support import sources

# Bottom first; a folder may include itself and everything on a lower row.
HOUSE = [{"core"}, {"ports", "yaml", "storage", "auth", "model"}, {"protocol"}, {"service"}, {"http"}]
RANK = {f"emulator/{name}": rank for rank, row in enumerate(HOUSE) for name in row}
ROOMS = ("dynamo", "cognito", "gateway", "lambdas")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
# The command line packs local code folders with CloudFormation's own rules; handlers see one public header.
EXCEPTIONS = {("emulator/cli", "emulator/services/cloudformation/package.h"),
              ("fixtures", "lambdas/native.h")}

SHARED_BY_TESTS = "emulator/services/service_test.h"


def unit_of(path):
    """The room or house folder that a path belongs to; None for what is not ours, and for what may see all."""
    parts = path.split("/")
    if path.startswith("tests/fuzz/"):
        return None
    if parts[0] == "emulator" and len(parts) == 2:
        return "main"
    if parts[0] == "emulator":
        return "/".join(parts[:3] if parts[1] == "services" else parts[:2])
    return parts[0] if parts[0] in (*ROOMS, "fixtures", "tests") else None


def breaches(path, text):
    """What a file includes that it may not."""
    here = unit_of(path)
    if here in (None, "main"):
        return []
    found = []
    for included in INCLUDE.findall(text):
        there = unit_of(included) if "/" in included else here
        if there in (None, here) or (here, included) in EXCEPTIONS:
            continue
        if path.endswith("_test.cpp") and included == SHARED_BY_TESTS:
            continue
        if there in RANK and here not in ("fixtures", "tests"):
            # Rooms and the command line stand above the whole house.
            if here not in RANK or RANK[there] < RANK[here]:
                continue
        found.append(f"{path} includes {included}")
    return found


def test_no_file_includes_upwards_or_sideways():
    found = [breach for path in sources.files("*.h", "*.cpp") for breach in breaches(path, sources.read(path))]
    assert not found, "\n".join(found)


def test_the_public_handler_header_needs_nothing_of_ours():
    if "lambdas/native.h" in sources.files("lambdas/native.h"):
        assert not INCLUDE.findall(sources.read("lambdas/native.h"))


def test_this_lint_can_fail():
    include = '#include "{}"\n'.format
    assert breaches("dynamo/store.cpp", include("cognito/pool.h"))
    assert breaches("emulator/services/logs/logs.cpp", include("emulator/services/sns/sns.h"))
    assert breaches("emulator/core/clock.h", include("emulator/storage/database.h"))
    assert breaches("emulator/http/session.cpp", include("gateway/gateway.h"))
    assert breaches("emulator/storage/database.cpp", include("emulator/auth/policy.h"))
    assert breaches("fixtures/users-native/users.cpp", include("emulator/core/json.h"))
    assert breaches("emulator/services/sns/sns.cpp", include(SHARED_BY_TESTS))
    assert not breaches("emulator/services/sns/sns_test.cpp", include(SHARED_BY_TESTS))
    assert not breaches("dynamo/store.cpp", include("dynamo/key.h") + include("emulator/storage/database.h"))
    assert not breaches("gateway/execute/stage.cpp", include("gateway/route.h"))
    assert not breaches("emulator/cli/up.cpp", include("emulator/services/cloudformation/package.h"))
    assert not breaches("emulator/main.cpp", include("dynamo/dynamo.h"))
