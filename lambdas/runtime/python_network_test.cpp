#include "lambdas/runtime/testing/runtime_fixture.h"
#include "lambdas/runtime/testing/tls_server.h"

namespace fractus::lambdas {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class PythonNetworkTest : public RuntimeTest, public testing::WithParamInterface<bool> {
 protected:
  HostSettings NetworkSettings(const std::string& ca_file) {
    auto settings =
        Settings(GetParam() ? HostSettings::Isolate::kAlways : HostSettings::Isolate::kWhenNeeded);
    settings.endpoint = server_.endpoint();
    settings.ca_file = ca_file;
    return settings;
  }
  InvokeOutcome Run(std::string_view code, const std::string& ca_file) {
    Write("app.py", code);
    RuntimeHosts hosts(NetworkSettings(ca_file));
    auto spec = Spec("app.handler");
    // Nobody listens there: AWS's names do not need a proxy.
    spec.variables["HTTPS_PROXY"] = "http://127.0.0.1:9";
    return hosts.For("python3.11").host->Start(spec, lines_.Sink())->Invoke(Input("{}"));
  }

  const std::string ca_file_ = folder_ + "/ca.pem";
  TlsServer server_{R"({"keys": []})", ca_file_};
};

TEST_P(PythonNetworkTest, UrllibReachesTheEmulatorByAwsNameWithVerifiedTls) {
  const auto code = R"(
import json, urllib.request
def handler(event, context):
    url = 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a/.well-known/jwks.json'
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)
)";
  EXPECT_EQ(Run(code, ca_file_).payload, R"({"keys": []})")
      << testing::PrintToString(lines_.Take());
  EXPECT_THAT(server_.Requests(), ElementsAre("cognito-idp.us-east-1.amazonaws.com | GET "
                                              "/us-east-1_a/.well-known/jwks.json HTTP/1.1"));
  // Verification stays on.
  EXPECT_THAT(Run(code, "").payload, HasSubstr("CERTIFICATE_VERIFY_FAILED"));
}

TEST_P(PythonNetworkTest, Boto3WithoutAnEndpointReachesTheEmulator) {
  const auto outcome = Run(R"(
import boto3
table = boto3.resource('dynamodb').Table('users')
def handler(event, context):
    return table.get_item(Key={'userid': 'x'}).get('Item')
)",
                           ca_file_);
  EXPECT_EQ(outcome.payload, "null") << outcome.payload;
  EXPECT_THAT(server_.Requests(),
              ElementsAre("dynamodb.us-east-1.amazonaws.com | POST / HTTP/1.1"));
}

TEST_P(PythonNetworkTest, OtherClientsAreRedirectedAndOtherNamesAreNot) {
  const auto outcome = Run(R"(
import asyncio, http.client, socket, ssl
def handler(event, context):
    connection = http.client.HTTPSConnection('abc.execute-api.eu-west-1.amazonaws.com')
    connection.request('GET', '/Prod/a')
    first = connection.getresponse().status
    async def stream():
        reader, writer = await asyncio.open_connection('s3.amazonaws.com', 443, ssl=ssl.create_default_context())
        writer.write(b'GET /b HTTP/1.1\r\n\r\n')
        return (await reader.read()).split()[1].decode()
    second = asyncio.run(stream())
    raw = socket.socket()
    raw.connect(('sqs.us-east-1.amazonaws.com', 443))
    host = raw.getpeername()[0]
    raw.close()
    other = socket.getaddrinfo('127.0.0.2', 443)[0][4]
    notaws = [socket.getaddrinfo(name, 1)[0][4][0] for name in ('localhost',)]
    return [first, second, host, other[1], notaws]
)",
                           ca_file_);
  EXPECT_EQ(outcome.payload, R"([200, "200", "127.0.0.1", 443, ["127.0.0.1"]])") << outcome.payload;
  EXPECT_THAT(server_.Requests(),
              ElementsAre("abc.execute-api.eu-west-1.amazonaws.com | GET /Prod/a HTTP/1.1",
                          "s3.amazonaws.com | GET /b HTTP/1.1"));
}

INSTANTIATE_TEST_SUITE_P(Isolations, PythonNetworkTest, testing::Bool(), [](const auto& isolation) {
  return isolation.param ? std::string("InAWorker") : std::string("InProcess");
});

}  // namespace
}  // namespace fractus::lambdas
