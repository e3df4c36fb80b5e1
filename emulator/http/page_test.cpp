#include "emulator/http/page.h"

#include <gtest/gtest.h>

namespace fractus::http {
namespace {

std::string Policy(const std::string& form_target) {
  const Page page{.title = "t", .content = "", .layout = Layout::kCard, .form_target = form_target};
  return std::string(Render(page).headers.Get("Content-Security-Policy"));
}

TEST(PageTest, TextFromOutsideCannotBecomeMarkup) {
  EXPECT_EQ(EscapeHtml("<a href=\"x\" id='y'>&amp;</a>"),
            "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;");
  EXPECT_NE(Render({.title = "</title><script>", .content = "", .form_target = ""})
                .body.find("<title>&lt;/title&gt;&lt;script&gt;</title>"),
            std::string::npos);
}

TEST(PageTest, PagesForbidScriptsFramesAndCaches) {
  const HttpResponse page = Render({.title = "t", .content = "", .form_target = ""}, 400);
  EXPECT_EQ(page.status, 400);
  EXPECT_EQ(page.headers.Get("Cache-Control"), "no-store");
  EXPECT_EQ(page.headers.Get("X-Frame-Options"), "DENY");
  EXPECT_TRUE(Policy("").starts_with("default-src 'none'; img-src data:; style-src 'sha256-"));
  EXPECT_TRUE(
      Policy("").ends_with("; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"));
  EXPECT_EQ(page.body.find("http"), std::string::npos) << "an external asset";
}

TEST(PageTest, AFormMayLeadToTheNamedOriginOnly) {
  EXPECT_NE(Policy("http://localhost:3000/callback?x=1")
                .find("form-action 'self' http://localhost:3000; "),
            std::string::npos);
  EXPECT_NE(Policy("myapp://signed-in").find("form-action 'self' myapp:; "), std::string::npos);
  EXPECT_NE(Policy("http://[::1]/").find("form-action 'self' http:; "), std::string::npos);
}

TEST(PageTest, AStrangeFormTargetAddsNothingToThePolicy) {
  for (const char* target : {"", "nonsense", "; script-src *", "a b://c", "http://x; script-src *",
                             "\r\nSet-Cookie: a=b:", ":", "//x"}) {
    const std::string policy = Policy(target);
    EXPECT_EQ(policy.find("script-src"), std::string::npos) << target;
    EXPECT_EQ(policy.find('\n'), std::string::npos) << target;
  }
}

}  // namespace
}  // namespace fractus::http
