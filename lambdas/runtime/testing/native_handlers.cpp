// Handlers in C++ for the tests of the native host.
#include <fstream>
#include <stdexcept>
#include <thread>

#include "lambdas/native.h"

namespace {

int calls = 0;

struct OutOfLuck : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace

FRACTUS_HANDLER(echo, event, context) {
  context.Log("echo for " + std::string(context.RequestId()));
  return std::string(event);
}

FRACTUS_HANDLER(count, event, context) { return std::to_string(++calls); }

FRACTUS_HANDLER(variable, event, context) { return '"' + context.Variable("COLOUR", "none") + '"'; }

FRACTUS_HANDLER(fail, event, context) { throw OutOfLuck("nothing goes"); }

FRACTUS_HANDLER(now, event, context) { return std::to_string(time(nullptr)); }

FRACTUS_HANDLER(patient, event, context) {
  while (!context.Cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return "1";
}

// Writes the file that the event names once its time is over.
FRACTUS_HANDLER(late, event, context) {
  context.Log("waiting");
  while (!context.Cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::ofstream file{std::string(event)};
  return "1";
}

FRACTUS_HANDLER(stubborn, event, context) {
  for (int i = 0; i < 150; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return "1";
}
