/* What Python 3.11 offers no public call for: making one interpreter let go of the GIL, raising in
 * all its threads. */
#pragma once

#include <Python.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whoever runs Python code in the interpreter passes the GIL on at the next chance. Any thread,
 * without the GIL. The caller must take the GIL soon afterwards: the thread that lets go of it
 * waits until somebody has taken it. */
void fractus_request_gil(PyInterpreterState* interpreter);

/* Makes every thread of the interpreter raise the exception as soon as it runs Python code. With
 * the GIL, of any interpreter. */
void fractus_raise_in_threads(PyInterpreterState* interpreter, PyObject* exception);

#ifdef __cplusplus
}
#endif
