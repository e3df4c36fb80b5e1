// What sanitizers should not report. LeakSanitizer: Python keeps much until the process ends, and
// so do its extension modules.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libpython3\n"
         "leak:/usr/lib/python3\n"
         "leak:_PyRuntime\n"
         "leak:fractus::lambdas::python::Interpreter\n";
}

// Threads of Python environments have descriptor tables of their own, which ThreadSanitizer does
// not know.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "race:fractus::lambdas::python::Descriptor\n"
         "race:fractus::lambdas::python::Tenant::SeparateThread\n"
         "race:fractus::lambdas::python::Tenant::Main\n";
}
