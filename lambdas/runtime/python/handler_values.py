# What goes into a handler and comes out of it: context object, logging, JSON, error objects.

# ---- Context object ----


class CognitoIdentity:
    cognito_identity_id = None
    cognito_identity_pool_id = None


class Client:
    def __init__(self, values):
        for name in (
            "installation_id",
            "app_title",
            "app_version_name",
            "app_version_code",
            "app_package_name",
        ):
            setattr(self, name, values.get(name))


class ClientContext:
    def __init__(self, values):
        self.custom = values.get("custom")
        self.env = values.get("env")
        client = values.get("client")
        self.client = Client(client) if client is not None else None


class LambdaContext:
    def __init__(self, header):
        config = Environment.config
        self.aws_request_id = header["id"]
        self.function_name = config["function_name"]
        self.function_version = config["version"]
        self.invoked_function_arn = header["arn"]
        self.memory_limit_in_mb = str(config["memory_mb"])
        self.log_group_name = config["log_group"]
        self.log_stream_name = config["log_stream"]
        self.tenant_id = None
        self.identity = CognitoIdentity()
        self.client_context = None
        if header["context"]:
            try:
                self.client_context = ClientContext(json.loads(header["context"]))
            except Exception as error:
                raise Fault(
                    "Runtime.LambdaContextUnmarshalError",
                    "Unable to parse Client Context JSON: {}".format(error),
                )
        self._deadline = time.monotonic() + header["ms"] / 1000

    def get_remaining_time_in_millis(self):
        return max(0, int((self._deadline - time.monotonic()) * 1000))

    def log(self, message):
        sys.stdout.write(str(message))

    def __repr__(self):
        shown = (name for name in vars(self) if not name.startswith("_"))
        return "LambdaContext([" + ",".join("%s=%s" % (n, getattr(self, n)) for n in shown) + "])"


# ---- Logging ----


def set_up_logging(logging):
    class RequestFilter(logging.Filter):
        def filter(self, record):
            record.aws_request_id = Environment.request_id
            return True

    class LambdaLoggerHandler(logging.Handler):
        def emit(self, record):
            log_event(self.format(record).rstrip("\n"))

    class JsonFormatter(logging.Formatter):
        def format(self, record):
            record.message = record.getMessage()
            line = {
                "timestamp": self.formatTime(record, self.datefmt) + "Z",
                "level": record.levelname,
                "message": record.message,
                "logger": record.name,
            }
            if record.exc_info:
                line["stackTrace"] = self.formatException(record.exc_info).splitlines()
                line["errorType"] = record.exc_info[0].__name__
                line["errorMessage"] = str(record.exc_info[1])
            line["requestId"] = Environment.request_id
            return json.dumps(line, default=str)

    logging.Formatter.converter = time.gmtime
    handler = LambdaLoggerHandler()
    handler.addFilter(RequestFilter())
    if os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON":
        handler.setFormatter(JsonFormatter(datefmt="%Y-%m-%dT%H:%M:%S"))
    else:
        pattern = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
        handler.setFormatter(logging.Formatter(pattern, "%Y-%m-%dT%H:%M:%S"))
    root = logging.getLogger()
    root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    level = {"TRACE": "DEBUG", "FATAL": "CRITICAL"}.get(level, level)
    if level in ("DEBUG", "INFO", "WARN", "WARNING", "ERROR", "CRITICAL"):
        root.setLevel(level)


# ---- JSON ----


class AnswerEncoder(json.JSONEncoder):
    """What AWS's encoder does more than Python's: Decimal is a number, bytes are text."""

    def __init__(self):
        # Observed: runtimes from 3.12 on write other than ASCII letters as they are.
        name, _, minor = Environment.config["runtime"].partition("python3.")
        new = not name and minor.isdigit() and int(minor) >= 12
        super().__init__(ensure_ascii=not new)
        self.mark = os.urandom(8).hex()
        self.decimals = False

    def default(self, value):
        decimal = sys.modules.get("decimal")
        if decimal and isinstance(value, decimal.Decimal):
            if value.is_nan():
                return float("nan")
            self.decimals = True
            return self.mark + str(value)
        if isinstance(value, (bytes, bytearray)):
            return value.decode("utf-8")
        return super().default(value)

    def text_of(self, value):
        self.decimals = False
        text = self.encode(value)
        if self.decimals:
            import re

            text = re.sub('"' + self.mark + '([^"]*)"', r"\1", text)
        return text


def answer_bytes(answer):
    if isinstance(answer, bytes):
        return answer
    try:
        return Environment.encoder.text_of(answer).encode("utf-8", "surrogatepass")
    except Exception as error:
        raise Fault("Runtime.MarshalError", "Unable to marshal response: {}".format(error))


# ---- Errors ----


def error_object(kind, message, trace, request_id):
    return {
        "errorMessage": message or "",
        "errorType": kind or "",
        "requestId": request_id or "",
        "stackTrace": trace or [],
    }


def error_of_exception(error, request_id):
    if isinstance(error, Fault):
        return error_object(error.kind, error.message, error.trace, request_id)
    import traceback

    try:
        frames = traceback.extract_tb(error.__traceback__)
        while frames and frames[0].filename == BOOT_FILE:
            del frames[0]
        # As plain tuples, which leave out the marks below the line.
        trace = traceback.format_list([(f.filename, f.lineno, f.name, f.line) for f in frames])
    except Exception:
        trace = []
    try:
        message = str(error)
    except Exception:
        message = "<unprintable {} object>".format(type(error).__name__)
    return error_object(type(error).__name__, message, trace, request_id)


def report_error(error, request_id=""):
    report = error_of_exception(error, request_id)
    log_error(report)
    return json.dumps(report).encode()
