# Runs one Lambda function's handler: init, then one event after the other, over a socket that the emulator holds the
# other end of. The same text runs in a sub-interpreter and in a worker process.
#
# Frames from the emulator: two little-endian u32 (length of the header, length of the event), the header (JSON), the event.
# Frames to the emulator: one byte for the kind, u32 length, u32 kilobytes of memory used at most, the content. Kinds:
#   R ready, F init failed (error object), A answer, E handler failed (error object), X ended (exit status as text),
#   T the handler was interrupted at its deadline, W this code needs a worker process (why), N the next environment
#   of this function should be a worker process (why; any number of these before another frame).
# Log: what is written to file descriptors 1 and 2 arrives in a pipe. A text that is one log event although it has
# several lines is announced there by the byte 1, the environment's token, its length and a line break.
import json
import time
import _thread

BOOT_FILE = "/var/runtime/bootstrap.py"


class Fault(Exception):
    def __init__(self, kind, message, trace=None):
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.trace = trace


class TaskTimedOut(BaseException):
    """Raised inside a handler whose deadline has passed."""


class Environment:
    config = {}
    request_id = ""
    handler = None
    in_process = False
    # Why this code should run in a worker process, once something was seen that says so.
    worker_reason = None
    ended = False


class Channel:
    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.lock = _thread.allocate_lock()

    def read(self, size):
        data = os.read(self.descriptor, size)
        if len(data) == size:
            return data
        if not data and size:
            return None
        whole = bytearray(size)
        view = memoryview(whole)
        at = len(data)
        view[:at] = data
        while at < size:
            count = os.readv(self.descriptor, [view[at:]])
            if count == 0:
                return None
            at += count
        return bytes(whole)

    def send(self, kind, content=b""):
        used = 0 if Environment.in_process else peak_memory_kb()
        frame = kind + len(content).to_bytes(4, "little") + used.to_bytes(4, "little")
        with self.lock:
            if len(content) < 65536:
                content = frame + content
            else:
                os.write(self.descriptor, frame)
            view = memoryview(content)
            while view:
                view = view[os.write(self.descriptor, view) :]


def peak_memory_kb():
    import resource

    return min(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0xFFFFFFFF)


# ---- Log ----


def open_output(descriptor):
    import io

    def stream(errors):
        raw = io.FileIO(descriptor, "w", closefd=False)
        return io.TextIOWrapper(
            io.BufferedWriter(raw), encoding="utf-8", errors=errors, newline="\n", line_buffering=True
        )

    sys.stdout = sys.__stdout__ = stream("strict")
    sys.stderr = sys.__stderr__ = stream("backslashreplace")


def flush_output():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass


def log_event(text):
    """Writes a text that is one log event, however many lines it has."""
    data = text.encode("utf-8", "backslashreplace")
    if not data:
        return
    flush_output()
    mark = b"\x01%s %d\n" % (Environment.config["token"].encode(), len(data))
    view = memoryview(mark + data)
    while view:
        view = view[os.write(Environment.log_descriptor, view) :]


def utc_stamp():
    now = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + ".%03dZ" % (now % 1 * 1000)


def log_error(error):
    if os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON":
        log_event(json.dumps({"timestamp": utc_stamp(), "level": "ERROR", **error}))
        return
    first = "[ERROR]"
    if error["errorType"]:
        first += " " + error["errorType"]
    if error["errorMessage"]:
        first += (": " if error["errorType"] else " ") + error["errorMessage"]
    lines = [first, "Traceback (most recent call last):"]
    for entry in error["stackTrace"]:
        for line in entry.splitlines():
            text = line.lstrip(" ")
            # Observed: AWS indents with no-break spaces.
            lines.append("\u00a0" * (len(line) - len(text)) + text)
    log_event("\n".join(lines))


# ---- Ends ----


def leave(status):
    """The code wants its process to end."""
    Environment.ended = True
    flush_output()
    if Environment.in_process:
        Environment.channel.send(b"X", str(status & 0xFF).encode())
    else:
        Environment.hard_exit(status & 0xFF)


def leave_because_of(error):
    if isinstance(error, SystemExit):
        if error.code is None or isinstance(error.code, int):
            return leave(error.code or 0)
        log_event(str(error.code))
    elif not Environment.ended:
        report_error(error, Environment.request_id)
    if not Environment.ended:
        leave(1)


# Words of the errors by which extension modules refuse to live in a second interpreter.
_REFUSALS = (
    "PyO3 modules may only be initialized once",
    "PyO3 modules do not yet support subinterpreters",
    "Interpreter change detected",
    "does not support loading in subinterpreters",
    "fork not supported for subinterpreters",
    "not supported within subinterpreters",
    "signal only works in main thread of the main interpreter",
)


def note_refusal(error):
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        try:
            text = str(error)
        except Exception:
            text = ""
        if Environment.in_process and any(words in text for words in _REFUSALS):
            want_worker("an import cannot live beside another function's ({})".format(text[:120]))
        error = error.__cause__ or error.__context__


def want_worker(reason):
    if Environment.worker_reason is None:
        Environment.worker_reason = reason


# ---- Init and invocations ----


def code_folders():
    """The function's own folders, in the order of import."""
    config = Environment.config
    code = config["code"]
    folders = [code]
    for beside in (code, os.path.dirname(code.rstrip("/"))):
        for name in ("venv", ".venv"):
            library = os.path.join(beside, name, "lib")
            try:
                versions = sorted(os.listdir(library), reverse=True)
            except OSError:
                continue
            for version in versions:
                packages = os.path.join(library, version, "site-packages")
                if version.startswith("python3") and os.path.isdir(packages):
                    folders.append(packages)
    for layer in config["layers"]:
        python = os.path.join(layer, "python")
        try:
            versions = sorted(os.listdir(os.path.join(python, "lib")), reverse=True)
        except OSError:
            versions = []
        folders += [os.path.join(python, "lib", v, "site-packages") for v in versions]
        folders.append(python)
    folders += [f for f in os.environ.get("PYTHONPATH", "").split(":") if f]
    return [f for f in folders if os.path.isdir(f)]


_SYSTEM_PACKAGES = [
    f
    for f in ("/usr/local/lib/python3.%d/dist-packages" % sys.version_info[1], "/usr/lib/python3/dist-packages")
    if os.path.isdir(f)
]


class _HiddenPackageFinder:
    """Hides system packages that AWS's runtime does not have and that botocore would pick up. awscrt makes all of the
    process's OpenSSL take its random numbers from a file descriptor of its own; OpenSSL costs 100 ms to import."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in ("awscrt", "OpenSSL") and not _own_package(name):
            raise ModuleNotFoundError("No module named '{}'".format(name), name=name)
        return None


def _own_package(name):
    spec = _frozen_importlib_external.PathFinder.find_spec(name)
    return spec is not None and not (spec.origin or "").startswith(tuple(_SYSTEM_PACKAGES))


def load_handler(name):
    module_name, dot, function = name.rpartition(".")
    if not dot:
        raise Fault(
            "Runtime.MalformedHandlerName",
            "Bad handler '{}': not enough values to unpack (expected 2, got 1)".format(name),
        )
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault(
            "Runtime.BuiltInModuleConflict",
            "Cannot use built-in module {} as a handler module".format(module_name),
        )
    import importlib

    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        note_refusal(error)
        raise Fault(
            "Runtime.ImportModuleError", "Unable to import module '{}': {}".format(module_name, error)
        )
    except SyntaxError as error:
        raise Fault(
            "Runtime.UserCodeSyntaxError",
            "Syntax error in module '{}': {}".format(module_name, error),
            ['  File "{}" Line {}\n    {}'.format(error.filename, error.lineno, error.text)],
        )
    try:
        return getattr(module, function)
    except AttributeError:
        raise Fault(
            "Runtime.HandlerNotFound",
            "Handler '{}' missing on module '{}'".format(function, module_name),
        ) from None


def initialize():
    """Imports the handler's module and says so; False when there is nothing to invoke."""
    channel = Environment.channel
    failure = None
    ending = None
    try:
        Environment.encoder = AnswerEncoder()
        Environment.handler = load_handler(Environment.config["handler"])
    except Exception as error:
        note_refusal(error)
        failure = error
    except TaskTimedOut:
        channel.send(b"T")
        return False
    except BaseException as error:
        ending = error
    if Environment.in_process and Environment.worker_reason:
        channel.send(b"W", Environment.worker_reason.encode())
        return False
    if ending is not None:
        leave_because_of(ending)
        return False
    if failure is not None:
        content = report_error(failure)
        flush_output()
        channel.send(b"F", content)
        return False
    flush_output()
    channel.send(b"R")
    return True


def invoke(header, event):
    """Runs the handler once; returns the frame to send, nothing when the environment has come to its end."""
    try:
        try:
            context = LambdaContext(header)
            try:
                event = json.loads(str(event, "utf-8", "surrogatepass"))
            except Exception as error:
                raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: {}".format(error))
            reply = b"A", answer_bytes(Environment.handler(event, context))
        except Exception as error:
            note_refusal(error)
            reply = b"E", report_error(error, header["id"])
        flush_output()
        return None if Environment.ended else reply
    except TaskTimedOut:
        Environment.ended = True
        flush_output()
        Environment.channel.send(b"T")
    except BaseException as error:
        leave_because_of(error)
    return None


def serve():
    channel = Environment.channel
    noted = False
    while True:
        sizes = channel.read(8)
        if sizes is None:
            return
        header_size = int.from_bytes(sizes[:4], "little")
        frame = channel.read(header_size + int.from_bytes(sizes[4:], "little"))
        if frame is None:
            return
        header = json.loads(frame[:header_size])
        event = memoryview(frame)[header_size:]
        Environment.request_id = header["id"]
        if header["trace"]:
            os.environ["_X_AMZN_TRACE_ID"] = header["trace"]
        else:
            os.environ.pop("_X_AMZN_TRACE_ID", None)
        reply = invoke(header, event)
        del event, frame
        if reply is None:
            return
        if Environment.worker_reason and not noted:
            noted = True
            channel.send(b"N", Environment.worker_reason.encode())
        channel.send(*reply)
        del reply


def run(config, channel_descriptor, log_descriptor):
    """The environment's whole life, after os.environ and the current folder have been set."""
    Environment.config = config
    Environment.channel = Channel(channel_descriptor)
    Environment.log_descriptor = log_descriptor
    sys.dont_write_bytecode = True
    sys.argv = [""]
    open_output(log_descriptor)
    install_network_hooks(config["endpoint"], config["ca_file"])
    on_import("logging", set_up_logging)
    folders = code_folders()
    standard = [f for f in sys.path if f and f not in _SYSTEM_PACKAGES]
    sys.path[:] = folders + standard + _SYSTEM_PACKAGES
    if _HiddenPackageFinder not in sys.meta_path:
        sys.meta_path.insert(0, _HiddenPackageFinder)
    try:
        if Environment.in_process:
            guard_process(folders)
        if Environment.worker_reason:
            Environment.channel.send(b"W", Environment.worker_reason.encode())
        elif initialize():
            serve()
    except (BrokenPipeError, ConnectionResetError):
        pass
    flush_output()
