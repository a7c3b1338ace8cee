// SPDX-License-Identifier: Apache-2.0
#include "trowel/core/text.hpp"

#include "support/catch.hpp"

using namespace trowel::core;

TEST_CASE("base64 goes both ways for every length") {
  for (std::string text : {"", "a", "ab", "abc", "abcd", "\xff\x00\x01"}) {
    auto back = fromBase64(toBase64(text));
    REQUIRE(back);
    CHECK(*back == text);
  }
  CHECK(toBase64("Man") == "TWFu");
  CHECK_FALSE(fromBase64("TWF"));
  CHECK_FALSE(fromBase64("TW=u"));
  CHECK_FALSE(fromBase64("T*Fu"));
}

TEST_CASE("file URIs keep spaces and non-ASCII names") {
  std::string path = "/home/ada l/größe/100%.py";
  CHECK(pathToUri("/a b") == "file:///a%20b");
  auto back = uriToPath(pathToUri(path));
  REQUIRE(back);
  CHECK(*back == path);
  CHECK(uriToPath("https://x/y").error().code == ErrorCode::InvalidParams);
  CHECK(uriToPath("file:///a%zz").error().code == ErrorCode::InvalidParams);
  CHECK_FALSE(uriToPath("file:///a%00b"));
}

TEST_CASE("invalid UTF-8 is found and replaced, valid text is left alone") {
  CHECK(isUtf8("grün 🧱"));
  CHECK_FALSE(isUtf8("\xC0\xAF"));          // overlong
  CHECK_FALSE(isUtf8("\xED\xA0\x80"));      // surrogate
  CHECK_FALSE(isUtf8("\xF4\x90\x80\x80"));  // beyond U+10FFFF
  CHECK(toValidUtf8("a\xFFz") == "a\xEF\xBF\xBDz");
}

TEST_CASE("tokens are masked wherever they stand") {
  std::string token = "dapi0123456789abcdef0123456789abcdef";
  CHECK(redact("x " + token + " y") == "x dapi*** y");
  CHECK(redact("Authorization: Bearer eyJhbGciOi.JIUzI1NiI") == "Authorization: Bearer ***");
  CHECK(redact("subject eyJhbGciOiJub25lIn0.eyJzdWIi.c2ln, eyJ") == "subject eyJ***, eyJ");
  CHECK(redact("dapi is a prefix") == "dapi is a prefix");
}
