#include "emulator/services/inbox/inbox.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>

namespace fractus::inbox {
namespace {

class InboxTest : public testing::Test {
 protected:
  InboxTest() {
    std::string name = (std::filesystem::temp_directory_path() / "inbox-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    Open();
  }
  ~InboxTest() override {
    inbox_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Open() {
    inbox_.reset();
    database_.reset();
    database_ = std::make_unique<storage::Database>(folder_, storage::Durability::kProcess);
    inbox_ = std::make_unique<Inbox>(*database_);
  }

  void Deliver(const std::string& to, const std::string& body = "Your code is 123456",
               ports::Medium medium = ports::Medium::kEmail) {
    inbox_->Deliver({.time = *ParseIso8601("2026-01-02T03:04:05Z"),
                     .service = "cognito-idp",
                     .source = "us-east-1_abc",
                     .username = "",
                     .medium = medium,
                     .to = to,
                     .kind = "verification code",
                     .code = "123456",
                     .subject = "Hello",
                     .body = body});
  }

  HttpResponse Send(const std::string& method, const std::string& path,
                    const std::string& query = "", const std::string& accept = "*/*") {
    ports::EndpointRequest request;
    request.path = path;
    request.http.method = method;
    request.http.path = path;
    request.http.query = query;
    request.http.headers.Add("Accept", accept);
    boost::asio::io_context io;
    auto answer =
        boost::asio::co_spawn(io, inbox_->Serve(std::move(request)), boost::asio::use_future);
    io.run();
    return answer.get();
  }

  json Messages(const std::string& query = "") {
    return json::parse(Send("GET", "/_fractus/inbox", query).body).at("messages");
  }

  std::string folder_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<Inbox> inbox_;
};

TEST_F(InboxTest, MessagesComeNewestFirstAndByAddress) {
  Deliver("a@example.com");
  Deliver("b@example.com");
  Deliver("A@example.com", "second");
  ASSERT_EQ(Messages().size(), 3u);
  EXPECT_EQ(Messages().at(0).at("body"), "second");
  EXPECT_EQ(Messages("to=a%40example.com").size(), 2u);
  EXPECT_EQ(Messages("limit=1").size(), 1u);
  EXPECT_EQ(Send("HEAD", "/_fractus/inbox").status, 200);
  EXPECT_EQ(Messages("limit=many").size(), 3u);
  EXPECT_EQ(Messages().at(1).at("code"), "123456");
  EXPECT_EQ(Messages().at(1).at("time"), "2026-01-02T03:04:05.000Z");
}

TEST_F(InboxTest, OldMessagesMakeRoomForNewOnes) {
  for (size_t i = 0; i < Inbox::kKept + 5; ++i) Deliver("a@example.com", std::to_string(i));
  const auto letters = inbox_->Newest("", 2 * Inbox::kKept);
  ASSERT_EQ(letters.size(), Inbox::kKept);
  EXPECT_EQ(letters.back().message.body, "5");
}

TEST_F(InboxTest, MessagesSurviveARestart) {
  Deliver("a@example.com", "before");
  Open();
  Deliver("a@example.com", "after");
  EXPECT_EQ(Messages().at(0).at("body"), "after");
  EXPECT_EQ(Messages().at(1).at("body"), "before");
}

TEST_F(InboxTest, ABrowserGetsAPageInWhichMessagesAreOnlyText) {
  Deliver("a@example.com", "<script>alert(1)</script>");
  const HttpResponse page =
      Send("GET", "/_fractus/inbox", "to=%22%3E%3Cscript%3E", "text/html,*/*;q=0.8");
  EXPECT_EQ(page.headers.Get("Content-Type"), "text/html;charset=UTF-8");
  EXPECT_EQ(page.body.find("<script>"), std::string::npos);
  const HttpResponse all = Send("GET", "/_fractus/inbox", "", "text/html");
  EXPECT_NE(all.body.find("&lt;script&gt;alert(1)&lt;/script&gt;"), std::string::npos);
  EXPECT_NE(all.body.find("123456"), std::string::npos);
}

TEST_F(InboxTest, AnAddressMayBeAPhoneNumberAsItIsWritten) {
  Deliver("+15550100", "a code", ports::Medium::kSms);
  Deliver("+15550101", "a code", ports::Medium::kSms);
  EXPECT_EQ(Messages("to=+15550100").size(), 1u);
  EXPECT_EQ(Messages("to=%2B15550100").size(), 1u);
}

TEST_F(InboxTest, WebAddressesInAMessageCanBeFollowed) {
  Deliver("a@example.com", R"(Go <a href="https://a.example/in?a=1&b=2">Verify</a>, http://b.example
<b>or</b> <a href="https://c.example>d)");
  Deliver("a@example.com", "javascript:alert(1) and no address");
  const std::string page = Send("GET", "/_fractus/inbox", "", "text/html").body;
  for (const char* part :
       {"Go <a href=\"https://a.example/in?a=1&amp;b=2\" rel=\"noreferrer\">Verify</a>, <a href=",
        "<a href=\"http://b.example\" rel=\"noreferrer\">http://b.example</a>\n&lt;b&gt;or",
        "&lt;a href=&quot;<a href=\"https://c.example\" "
        "rel=\"noreferrer\">https://c.example</a>&gt;d"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part << "\n" << page;
  }
  EXPECT_EQ(page.find("href=\"javascript"), std::string::npos);
}

TEST_F(InboxTest, ThePageSaysHowManyMessagesThereAre) {
  const auto page = [&](const std::string& query) {
    return Send("GET", "/_fractus/inbox", query, "text/html").body;
  };
  EXPECT_NE(page("").find("There is no message yet."), std::string::npos);
  Deliver("a@example.com");
  Deliver("b@example.com");
  EXPECT_NE(page("").find("2 messages."), std::string::npos);
  EXPECT_NE(page("limit=1").find("1 message."), std::string::npos);
  EXPECT_NE(page("to=a@example.com").find("1 message to a@example.com."), std::string::npos);
}

TEST_F(InboxTest, LocalStacksAddressShowsTheEMailsAlone) {
  Deliver("a@example.com", "first");
  Deliver("+15550100", "a code", ports::Medium::kSms);
  const json messages = json::parse(Send("GET", "/_aws/ses").body).at("messages");
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages.at(0).at("Destination"), json({{"ToAddresses", {"a@example.com"}}}));
  EXPECT_EQ(messages.at(0).at("Body").at("text_part"), "first");
}

TEST_F(InboxTest, LocalStacksAddressShowsTheSmsByNumber) {
  Deliver("a@example.com", "a mail");
  Deliver("+15550100", "first", ports::Medium::kSms);
  Deliver("+15550100", "second", ports::Medium::kSms);
  Deliver("+15550101", "to another", ports::Medium::kSms);
  const auto sms = [&](const std::string& query) {
    return json::parse(Send("GET", "/_aws/sns/sms-messages", query).body).at("sms_messages");
  };
  EXPECT_EQ(sms("").size(), 2u);
  const json mine = sms("phoneNumber=%2B15550100&region=us-east-1");
  ASSERT_EQ(mine.size(), 1u);
  EXPECT_EQ(mine.at("+15550100").at(0).at("Message"), "first");
  EXPECT_EQ(mine.at("+15550100").at(1).at("Message"), "second");
  EXPECT_EQ(mine.at("+15550100").at(0).at("PhoneNumber"), "+15550100");
}

TEST_F(InboxTest, TheInboxCanBeEmptied) {
  Deliver("a@example.com");
  EXPECT_EQ(Send("DELETE", "/_fractus/inbox").status, 204);
  EXPECT_EQ(Messages().size(), 0u);
  EXPECT_EQ(Send("PUT", "/_fractus/inbox").status, 405);
}

TEST_F(InboxTest, BytesThatAreNotUtf8AreStillShown) {
  Deliver("a@example.com", "caf\xe9");
  EXPECT_EQ(Messages().size(), 1u);
}

}  // namespace
}  // namespace fractus::inbox
