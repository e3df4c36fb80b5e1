"""What all tests share: a running emulator per test file's session, and fresh ones for tests that need their own."""

import itertools

import pytest

from support import tables
from support.aws import Aws, runs_on_aws
from support.emulator import Emulator

# Names of tables have three characters or more.
_numbers = itertools.count(100)


def pytest_addoption(parser):
    parser.addoption("--aws", action="store_true", help="run the DynamoDB conformance tests against AWS itself, with "
                     "the credentials and the region of the environment; AWS charges for that")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--aws"):
        config.hook.pytest_deselected(items=[item for item in items if not runs_on_aws(item)])
        items[:] = filter(runs_on_aws, items)


@pytest.fixture(scope="session")
def emulator(request, tmp_path_factory):
    """One emulator for all tests that only need names of their own in it; with --aws, AWS."""
    if request.config.getoption("--aws"):
        aws = Aws()
        yield aws
        aws.remove_tables()
        return
    running = Emulator(tmp_path_factory.mktemp("emulator")).ready()
    yield running
    assert running.process.poll() is None, "The emulator ended during the tests:\n" + running.output()[-4000:]
    assert running.stop() == 0, running.output()[-4000:]


@pytest.fixture
def start(tmp_path):
    """Starts emulators that belong to one test, and ends those that still run after it."""
    started = []

    def begin(*arguments, **options):
        folder = tmp_path / f"emulator{len(started)}"
        folder.mkdir()
        started.append(Emulator(options.pop("folder", folder), *arguments, **options))
        return started[-1]

    yield begin
    for running in started:
        if running.process.poll() is None:
            running.kill()


@pytest.fixture
def name(request):
    """A name nobody else uses."""
    own = f"t{next(_numbers)}"
    return tables.unique(own) if request.config.getoption("--aws") else own


@pytest.fixture
def alive(emulator):
    """After a test that misbehaves on purpose: the emulator still answers."""
    yield
    assert emulator.client("sts").get_caller_identity()["Account"]
