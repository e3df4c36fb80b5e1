"""Makes Lambda functions for tests from a few lines of Python."""

import io
import json
import textwrap
import zipfile

ROLE = "arn:aws:iam::000000000000:role/any"


def archive(files):
    """A zip of {path: text or bytes}, or of [(ZipInfo, bytes)]."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, content in files.items() if isinstance(files, dict) else files:
            packed.writestr(path, content)
    return buffer.getvalue()


def create(client, name, source, **members):
    """Creates function `name` whose handler is app.handler in `source`, and waits until it is active."""
    members.setdefault("Runtime", "python3.11")
    members.setdefault("Handler", "app.handler")
    members.setdefault("Timeout", 10)
    code = archive({"app.py": textwrap.dedent(source)}) if isinstance(source, str) else archive(source)
    answer = client.create_function(FunctionName=name, Role=ROLE, Code={"ZipFile": code}, **members)
    client.get_waiter("function_active_v2").wait(FunctionName=name)
    return answer


def invoke(client, name, event=None, **members):
    """(parsed payload, answer) of one invocation."""
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event if event is not None else {}), **members)
    text = answer["Payload"].read()
    return json.loads(text) if text else None, answer
