# What keeps a handler in a sub-interpreter from doing to the emulator's process what it means to do to its own.

# Packages whose extension modules break, or crash, in a second interpreter of a process, or (awscrt, grpc) keep file
# descriptors for the whole process, which other environments' threads do not have.
_WORKER_PACKAGES = frozenset(
    "numpy pandas scipy sklearn torch grpc awscrt pydantic_core orjson lxml psycopg2 pyarrow matplotlib cv2"
    " multiprocess".split()
)


class ProcessEnded(BaseException):
    """Raised where a process of its own would have ended."""


class _WorkerPackageFinder:
    """Refuses such packages, and remembers that the function needs a worker process."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "multiprocessing":
            want_worker("it imports multiprocessing, which forks")
        elif name in _WORKER_PACKAGES:
            if _frozen_importlib_external.PathFinder.find_spec(name, path, target) is not None:
                want_worker("it imports " + name + ", which cannot live beside another function's")
                raise ImportError(name + " does not support loading in subinterpreters")
        return None


# Modules of the standard library that keep the state of one interpreter for all of them, although they load: another
# environment's end, or import, breaks them.
_PRIVATE_MODULES = frozenset(("_asyncio", "_ctypes", "_decimal", "_zoneinfo"))


class _PrivateCopyFinder:
    """Loads such a module from a file of its own for each interpreter, so that its static variables are its own."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name not in _PRIVATE_MODULES:
            return None
        spec = _frozen_importlib_external.PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, _frozen_importlib_external.ExtensionFileLoader):
            spec.loader = _PrivateCopyLoader(name, spec.origin)
        return spec


class _PrivateCopyLoader(_frozen_importlib_external.ExtensionFileLoader):
    def create_module(self, spec):
        with open(self.path, "rb") as original:
            content = original.read()
        origin = spec.origin
        copy = "{}/fractus-{}{}".format(
            os.environ.get("TMPDIR", "/tmp"), os.urandom(8).hex(), os.path.basename(origin)
        )
        try:
            with open(copy, "xb") as file:
                file.write(content)
        except OSError:
            return super().create_module(spec)
        spec.origin = copy
        try:
            return super().create_module(spec)
        finally:
            spec.origin = origin
            os.unlink(copy)


def fill_environment(variables):
    """os.environ becomes the function's own; the process's environment is neither shown nor touched."""
    import posix

    def keep_to_ourselves(*unused):
        pass

    for module in (os, posix):
        module.putenv = keep_to_ourselves
        module.unsetenv = keep_to_ourselves
    os.environ._data.clear()
    os.environ.update(variables)


def guard_process(folders):
    sys.meta_path[1:1] = (_WorkerPackageFinder, _PrivateCopyFinder)
    for folder in folders:
        found = _WORKER_PACKAGES.intersection(os.listdir(folder))
        if found:
            want_worker("its packages include " + min(found) + ", which cannot live beside another function's")
    time_zone = os.environ.get("TZ", "UTC").lstrip(":")
    if time_zone not in ("", "UTC", "Etc/UTC", "UTC0"):
        want_worker("it sets its own time zone, which belongs to a process")
    if Environment.worker_reason:
        return
    _guard_exits()
    _guard_signals()
    _slice_sleep()
    _follow_clock_in_threads()
    on_import("threading", _patch_threading)
    on_import("subprocess", _patch_subprocess)
    on_import("resource", _patch_resource)


def _needs_process(name):
    def refuse(*arguments, **options):
        want_worker("it calls " + name + ", which belongs to a process")
        raise OSError(
            "{}: the function shares the emulator's process; its next environment will be a process".format(name)
        )

    return refuse


def _guard_exits():
    import posix

    def end(status, text=None):
        Environment.ended = True
        flush_output()
        Environment.channel.send(b"X", text or str(status & 0xFF).encode())
        raise ProcessEnded(status)

    def exit_now(status):
        end(status)

    def abort():
        end(134, b"signal: aborted")

    kill = os.kill

    def guarded_kill(pid, number):
        # A group or "all" would include the emulator.
        if number != 0 and (pid <= 0 or pid == os.getpid()):
            names = {6: b"aborted", 9: b"killed", 11: b"segmentation fault", 15: b"terminated"}
            end(128 + number, b"signal: " + names.get(int(number), str(int(number)).encode()))
        return kill(pid, number)

    def system(command):
        import subprocess

        status = subprocess.call(command, shell=True)
        return status << 8 if status >= 0 else -status

    changes = {"_exit": exit_now, "abort": abort, "kill": guarded_kill, "system": system}
    for name in ("fork", "forkpty", "execv", "execve", "killpg", "register_at_fork"):
        changes[name] = _needs_process("os." + name)
    changes["register_at_fork"] = lambda **options: None
    for module in (os, posix):
        for name, value in changes.items():
            setattr(module, name, value)
    # os.exec* and os.spawn* of the os module call these by their global names, and so are covered.


def _guard_signals():
    import _signal

    for name in ("alarm", "setitimer", "raise_signal", "pthread_kill", "pthread_sigmask"):
        setattr(_signal, name, _needs_process("signal." + name))


# Longest time that a wait may go on without looking whether the deadline has passed, in seconds.
_SLICE = 0.05


def _slice_sleep():
    sleep = time.sleep

    def sliced_sleep(seconds):
        if seconds <= _SLICE:
            return sleep(seconds)
        end = time.monotonic() + seconds
        while True:
            left = end - time.monotonic()
            if left <= 0:
                return None
            sleep(min(left, _SLICE))

    sliced_sleep.__name__ = "sleep"
    time.sleep = sliced_sleep


class _SlicedLock:
    """A lock whose acquire comes up for air, so that a deadline can interrupt it."""

    def __init__(self):
        self._lock = _thread.allocate_lock()
        self.release = self._lock.release
        self.locked = self._lock.locked

    def acquire(self, blocking=True, timeout=-1):
        if not blocking:
            return self._lock.acquire(False)
        if self._lock.acquire(False):
            return True
        if 0 <= timeout <= _SLICE:
            return self._lock.acquire(True, timeout)
        end = None if timeout < 0 else time.monotonic() + timeout
        while True:
            left = _SLICE if end is None else min(_SLICE, end - time.monotonic())
            if left <= 0:
                return self._lock.acquire(False)
            if self._lock.acquire(True, left):
                return True

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()


def _patch_threading(threading):
    threading._start_new_thread = _thread.start_new_thread
    report = threading.excepthook

    def excepthook(arguments):
        if not issubclass(arguments.exc_type, TaskTimedOut):
            report(arguments)

    threading.excepthook = excepthook
    # Condition.wait makes its waiter with this; Event, Queue and Future wait by a Condition.
    threading._allocate_lock = _SlicedLock
    wait = threading.Thread._wait_for_tstate_lock

    def sliced_wait(self, block=True, timeout=-1):
        if not block or 0 <= timeout <= _SLICE:
            return wait(self, block, timeout)
        end = None if timeout < 0 else time.monotonic() + timeout
        while self._tstate_lock is not None:
            left = _SLICE if end is None else min(_SLICE, end - time.monotonic())
            if left <= 0:
                return None
            wait(self, True, left)

    threading.Thread._wait_for_tstate_lock = sliced_wait


def _patch_subprocess(subprocess):
    # A child gets the process's environment where none is named; it has to be the function's.
    start = subprocess.Popen.__init__

    def init(self, *arguments, **options):
        # env is the tenth parameter after args.
        if len(arguments) < 11 and options.get("env") is None:
            options["env"] = dict(os.environ)
        allow_signals(True)
        try:
            return start(self, *arguments, **options)
        finally:
            allow_signals(False)

    subprocess.Popen.__init__ = init


def _patch_resource(resource):
    # A limit set here would be the emulator's.
    resource.setrlimit = lambda *arguments: None


def _follow_clock_in_threads():
    start = _thread.start_new_thread

    def start_new_thread(function, *arguments):
        def main(*rest, **options):
            follow_clock()
            return function(*rest, **options)

        return start(main, *arguments)

    _thread.start_new_thread = start_new_thread
    _thread.start_new = start_new_thread


def stop_pool_threads():
    """Lets the idle threads of ThreadPoolExecutors end, so that the interpreter can."""
    module = sys.modules.get("concurrent.futures.thread")
    if module is None:
        return
    module._shutdown = True
    pairs = list(module._threads_queues.items())
    for _, queue in pairs:
        queue.put(None)
    for thread, _ in pairs:
        thread.join(0.2)


def run_in_process(config_text, channel_descriptor, log_descriptor):
    Environment.in_process = True
    config = json.loads(config_text)
    fill_environment(config["variables"])
    # TaskTimedOut can arrive anywhere while the environment is coming to its end.
    try:
        run(config, channel_descriptor, log_descriptor)
    except BaseException:
        pass
    try:
        stop_pool_threads()
    except BaseException:
        pass
