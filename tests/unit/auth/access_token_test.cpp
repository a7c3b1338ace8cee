// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "trowel/auth/sign_in.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

namespace {

std::string webToken(const std::string& claims) {
  auto middle = core::toBase64(claims);
  middle.erase(middle.find_last_not_of('=') + 1);
  middle = core::replaceAll(core::replaceAll(middle, "+", "-"), "/", "_");
  return "e30." + middle + ".c2ln";
}

}  // namespace

TEST_CASE("a JSON web token says when it ends") {
  for (const char* claims :
       {R"({"exp":1800000000})", R"({"exp":1800000000,"name":"ÄÖÜ?>~"})", R"({"exp":1800000000,"a":1})"}) {
    auto token = accessTokenOf(core::SecretString(webToken(claims)));
    CHECK(token.expiry == core::WallTime(std::chrono::seconds(1800000000)));
    CHECK(token.value.reveal() == webToken(claims));
  }
}

TEST_CASE("an end that the clock cannot count is far away, and not behind us") {
  for (const char* claims : {R"({"exp":1800000000000})", R"({"exp":9223372036854775807})"}) {
    auto expiry = accessTokenOf(core::SecretString(webToken(claims))).expiry;
    CHECK(expiry < core::WallTime::max());
    CHECK(expiry > std::chrono::sys_days(std::chrono::year(2200) / 1 / 1));
  }
}

TEST_CASE("what is no JSON web token, or says nothing of an end, counts as having none") {
  for (const auto& text : {std::string("dapi123"), std::string("a.b.c"), std::string(".."), webToken("[]"),
                           webToken(R"({"exp":"soon"})"), webToken(R"({"exp":-1})"), webToken("{}")})
    CHECK(accessTokenOf(core::SecretString(text)).expiry == core::WallTime::max());
}

}  // namespace trowel::auth
