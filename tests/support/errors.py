"""Shows AWS errors as plain values, so that a test can state code and message in one line."""

import botocore.exceptions


def error_of(function, *arguments, **members):
    """(code, message) of the AWS error that a call ends with."""
    code, message, _ = full_error_of(function, *arguments, **members)
    return code, message


def full_error_of(function, *arguments, **members):
    """(code, message, whole answer) of the AWS error that a call ends with."""
    try:
        answer = function(*arguments, **members)
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"], error.response
    raise AssertionError(f"An error was expected, but the call answered {answer}")
