#include "emulator/cli/api_client.h"

#include <fmt/format.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <pugixml.hpp>

#include "emulator/auth/sign.h"
#include "emulator/core/clock.h"
#include "emulator/core/encoding.h"
#include "emulator/core/json.h"

namespace fractus::cli {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

struct Endpoint {
  std::string host, port;
};

Endpoint ParseEndpoint(const std::string& url) {
  if (!url.starts_with("http://"))
    throw UserError{
        fmt::format("--endpoint {} must be an http:// URL, e.g. http://127.0.0.1:4566.", url)};
  std::string authority = url.substr(7);
  authority = authority.substr(0, authority.find('/'));
  const size_t colon = authority.rfind(':');
  if (colon == std::string::npos) return {authority, "80"};
  return {authority.substr(0, colon), authority.substr(colon + 1)};
}

// The headers by which the emulator knows the service and the region, and with `--auth strict` the
// client.
HttpHeaders Signed(const http::request<http::string_body>& request, const std::string& service,
                   const std::string& region, const std::string& body) {
  HttpRequest signed_request;
  signed_request.method = request.method_string();
  const std::string target(request.target());
  const size_t mark = target.find('?');
  signed_request.path = target.substr(0, mark);
  if (mark != std::string::npos) signed_request.query = target.substr(mark + 1);
  signed_request.host = request[http::field::host];
  signed_request.body = body;
  auth::SignRequest(signed_request, {"test", "test", region, service}, Clock().Now());
  return signed_request.headers;
}

}  // namespace

HttpResponse ApiClient::Send(const std::string& service, const std::string& method,
                             const std::string& path, HttpHeaders headers, std::string body) const {
  const Endpoint endpoint = ParseEndpoint(options_.endpoint);
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  boost::system::error_code error;
  asio::connect(
      socket, asio::ip::tcp::resolver(context).resolve(endpoint.host, endpoint.port, error), error);
  if (error)
    throw UserError{
        fmt::format("Nothing answers at {} ({}); start the emulator with 'fractus start' or name "
                    "it with --endpoint.",
                    options_.endpoint, error.message())};
  http::request<http::string_body> request(http::string_to_verb(method), path, 11);
  request.set(http::field::host, endpoint.host + ":" + endpoint.port);
  request.set(http::field::user_agent, "fractus-cli");
  for (const auto& [name, value] : Signed(request, service, options_.region, body))
    request.set(name, value);
  for (const auto& [name, value] : headers) request.set(name, value);
  request.body() = std::move(body);
  request.prepare_payload();
  http::write(socket, request, error);
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(100u << 20);
  if (!error) http::read(socket, buffer, parser, error);
  if (error)
    throw UserError{
        fmt::format("The connection to {} broke: {}.", options_.endpoint, error.message()), 1};
  HttpResponse response;
  response.status = static_cast<int>(parser.get().result_int());
  for (const auto& field : parser.get())
    response.headers.Add(std::string(field.name_string()), std::string(field.value()));
  response.body = std::move(parser.get().body());
  return response;
}

std::string ApiClient::Query(const std::string& service, const std::string& version,
                             std::map<std::string, std::string> form) const {
  form["Version"] = version;
  std::string body;
  for (const auto& [name, value] : form)
    body += (body.empty() ? "" : "&") + PercentEncode(name) + "=" + PercentEncode(value);
  HttpHeaders headers;
  headers.Add("Content-Type", "application/x-www-form-urlencoded");
  HttpResponse response = Send(service, "POST", "/", std::move(headers), std::move(body));
  if (response.status < 300) return std::move(response.body);
  pugi::xml_document document;
  document.load_string(response.body.c_str());
  const auto error = document.child("ErrorResponse").child("Error");
  throw UserError{
      error ? fmt::format("{}: {}", error.child_value("Code"), error.child_value("Message"))
            : fmt::format("{} answered {}: {}", service, response.status, response.body),
      1};
}

std::string ApiClient::Json(const std::string& service, const std::string& target,
                            const std::string& body) const {
  HttpHeaders headers;
  headers.Add("Content-Type", "application/x-amz-json-1.1");
  headers.Add("X-Amz-Target", target);
  HttpResponse response = Send(service, "POST", "/", std::move(headers), body);
  if (response.status < 300) return std::move(response.body);
  const json document = json::parse(response.body, nullptr, false);
  const std::string code = document.is_object() ? document.value("__type", "") : "";
  const std::string message = document.is_object()
                                  ? document.value("message", document.value("Message", ""))
                                  : response.body;
  throw UserError{code + ": " + message, 1};
}

}  // namespace fractus::cli
