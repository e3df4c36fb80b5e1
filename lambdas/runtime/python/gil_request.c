#define Py_BUILD_CORE 1
#include "lambdas/runtime/python/gil_request.h"

#include "internal/pycore_interp.h"

#if PY_VERSION_HEX < 0x030B0000 || PY_VERSION_HEX >= 0x030C0000
#error "The GIL's insides are those of Python 3.11; look at ceval_gil.c of this version first"
#endif

/* In 3.11 a thread that waits for the GIL asks only threads of its own interpreter to let go of it, so one interpreter that
 * computes would keep all others out. */
void fractus_request_gil(PyInterpreterState* interpreter) {
  _Py_atomic_store_relaxed(&interpreter->ceval.gil_drop_request, 1);
  _Py_atomic_store_relaxed(&interpreter->ceval.eval_breaker, 1);
}

/* PyThreadState_SetAsyncExc finds only the first of several states that belong to one system thread. */
void fractus_raise_in_threads(PyInterpreterState* interpreter, PyObject* exception) {
  for (PyThreadState* thread = PyInterpreterState_ThreadHead(interpreter); thread != NULL;
       thread = PyThreadState_Next(thread)) {
    PyObject* before = thread->async_exc;
    Py_INCREF(exception);
    thread->async_exc = exception;
    Py_XDECREF(before);
  }
  interpreter->ceval.pending.async_exc = 1;
  _Py_atomic_store_relaxed(&interpreter->ceval.eval_breaker, 1);
}
