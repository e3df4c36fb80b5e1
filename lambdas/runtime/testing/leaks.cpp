// What LeakSanitizer should not report: Python keeps much until the process ends, and so do its extension modules.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libpython3\n"
         "leak:/usr/lib/python3\n"
         "leak:_PyRuntime\n"
         "leak:fractus::lambdas::python::Interpreter\n";
}
