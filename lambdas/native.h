/* Write Lambda handlers in C++ (or C): include this header, build a shared object, deploy it as a
 * function of Runtime provided.al2023.
 *
 *     #include <lambdas/native.h>
 *
 *     FRACTUS_HANDLER(greet, event, context) {
 *       context.Log("called as " + std::string(context.FunctionArn()));
 *       return R"({"hello": "world"})";
 *     }
 *
 *     g++ -std=c++20 -shared -fPIC -o libgreeter.so greeter.cpp
 *
 * The function's Handler is "libgreeter.greet": the file libgreeter.so in the code folder (or
 * greeter.so for "greeter.greet"), and in it the handler of that name. "build/libgreeter.greet"
 * looks in a sub-folder.
 *
 * A handler takes the event as JSON text and returns the answer as JSON text. A C++ exception is
 * the function's error: its class is the errorType, what() the errorMessage. The handler runs
 * inside the emulator, on one thread per environment: a crash is the emulator's crash, and a
 * handler that runs past its deadline cannot be killed, so a long one should look at Cancelled().
 * Every environment loads its own copy of the shared object: static variables live as long as the
 * environment, as on AWS.
 *
 * The part in extern "C" is the whole binary interface. New members are added at the end; `size`
 * tells how many there are. */
#ifndef FRACTUS_LAMBDAS_NATIVE_H_
#define FRACTUS_LAMBDAS_NATIVE_H_

#include <stddef.h>
#include <stdint.h>

#define FRACTUS_NATIVE_ABI 1

#ifdef __cplusplus
extern "C" {
#endif

/* One invocation, as the emulator hands it to a handler. Valid until the handler returns. Texts end
 * with a zero byte; all functions may be called from any thread meanwhile. */
typedef struct fractus_invocation {
  uint32_t size; /* of this struct in the emulator */
  uint32_t abi;  /* FRACTUS_NATIVE_ABI of the emulator */
  void* emulator;

  const char* event; /* JSON text */
  size_t event_size;
  const char* request_id;
  const char* function_arn; /* as invoked */
  const char* function_name;
  const char* function_version;
  const char* log_group;
  const char* log_stream;
  const char* client_context; /* JSON text or "" */
  const char* trace_id;
  int32_t memory_limit_mb;

  /* The answer: JSON text, copied. The last call of answer and fail counts; with none the answer is
   * null. */
  void (*answer)(const struct fractus_invocation*, const char* text, size_t size);
  /* The invocation failed; both texts are copied. */
  void (*fail)(const struct fractus_invocation*, const char* error_type, const char* message);
  /* A log event, copied. */
  void (*log)(const struct fractus_invocation*, const char* text, size_t size);
  /* A variable of the function's environment, or NULL. Valid as long as the environment. getenv()
   * knows nothing of these. */
  const char* (*variable)(const struct fractus_invocation*, const char* name);
  int64_t (*remaining_ms)(const struct fractus_invocation*);
  /* 1 once the deadline has passed: nobody waits for the answer any more. */
  int (*cancelled)(const struct fractus_invocation*);
} fractus_invocation;

/* A shared object exports one of these for each handler, named fractus_handler_<name>. */
typedef void (*fractus_handler)(const fractus_invocation* invocation);

/* And one of these, which tells the version it was built for; below it is for C++. */
typedef uint32_t (*fractus_native_abi_function)(void);

#ifdef __cplusplus
} /* extern "C" */

#include <cxxabi.h>

#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <typeinfo>

namespace fractus::native {

/* What a handler knows of its invocation. */
class Context {
 public:
  explicit Context(const fractus_invocation& invocation) : invocation_(invocation) {}

  std::string_view RequestId() const { return invocation_.request_id; }
  std::string_view FunctionArn() const { return invocation_.function_arn; }
  std::string_view FunctionName() const { return invocation_.function_name; }
  std::string_view FunctionVersion() const { return invocation_.function_version; }
  std::string_view LogGroup() const { return invocation_.log_group; }
  std::string_view LogStream() const { return invocation_.log_stream; }
  std::string_view ClientContext() const { return invocation_.client_context; }
  std::string_view TraceId() const { return invocation_.trace_id; }
  int MemoryLimitMb() const { return invocation_.memory_limit_mb; }
  long long RemainingMillis() const { return invocation_.remaining_ms(&invocation_); }
  bool Cancelled() const { return invocation_.cancelled(&invocation_) != 0; }
  void Log(std::string_view text) const { invocation_.log(&invocation_, text.data(), text.size()); }
  /* A variable of the function's environment; `otherwise` when there is none. */
  std::string Variable(const char* name, std::string otherwise = {}) const {
    const char* value = invocation_.variable(&invocation_, name);
    return value != nullptr ? std::string(value) : otherwise;
  }

 private:
  const fractus_invocation& invocation_;
};

/* Runs a handler for the emulator; no exception leaves the shared object. */
inline void Run(const fractus_invocation* invocation,
                std::string (*handler)(std::string_view, const Context&)) {
  try {
    const Context context(*invocation);
    const std::string text =
        handler(std::string_view(invocation->event, invocation->event_size), context);
    invocation->answer(invocation, text.data(), text.size());
  } catch (const std::exception& error) {
    int status = 0;
    char* name = abi::__cxa_demangle(typeid(error).name(), nullptr, nullptr, &status);
    invocation->fail(invocation, status == 0 ? name : typeid(error).name(), error.what());
    std::free(name);
  } catch (...) {
    invocation->fail(invocation, "UnknownError",
                     "The handler threw something that is no std::exception");
  }
}

}  // namespace fractus::native

extern "C" __attribute__((used, visibility("default"))) inline uint32_t fractus_native_abi() {
  return FRACTUS_NATIVE_ABI;
}

/* Defines a handler: a function body that returns std::string, with the event as a std::string_view
 * and the Context under the given names. Outside of any namespace. */
#define FRACTUS_HANDLER(name, event, context)                                        \
  static std::string fractus_body_##name(std::string_view event,                     \
                                         const ::fractus::native::Context& context); \
  extern "C" __attribute__((visibility("default"))) void fractus_handler_##name(     \
      const fractus_invocation* invocation) {                                        \
    ::fractus::native::Run(invocation, &fractus_body_##name);                        \
  }                                                                                  \
  static std::string fractus_body_##name(                                            \
      [[maybe_unused]] std::string_view event,                                       \
      [[maybe_unused]] const ::fractus::native::Context& context)

#endif /* __cplusplus */

#endif /* FRACTUS_LAMBDAS_NATIVE_H_ */
