// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/origin.hpp"

#include "support/catch.hpp"

using namespace trowel::http;

TEST_CASE("an origin is taken apart and put together again") {
  struct Row {
    const char* text;
    const char* host;
    int port;
    const char* back;
    bool loopback;
  };
  for (const auto& row :
       {Row{"http://127.0.0.1:8080", "127.0.0.1", 8080, "http://127.0.0.1:8080", true},
        Row{"http://127.9.9.9", "127.9.9.9", 80, "http://127.9.9.9", true},
        Row{"HTTP://LocalHost:80/", "localhost", 80, "http://localhost", true},
        Row{"http://[::1]:8080", "::1", 8080, "http://[::1]:8080", true},
        Row{"https://adb-1.2.azuredatabricks.net", "adb-1.2.azuredatabricks.net", 443,
            "https://adb-1.2.azuredatabricks.net", false},
        Row{"http://127.0.0.1.evil.org", "127.0.0.1.evil.org", 80, "http://127.0.0.1.evil.org", false},
        Row{"https://h:8443", "h", 8443, "https://h:8443", false}}) {
    CAPTURE(row.text);
    auto origin = parseOrigin(row.text);
    REQUIRE(origin);
    CHECK(origin->host == row.host);
    CHECK(origin->port == row.port);
    CHECK(origin->text() == row.back);
    CHECK(origin->isLoopback() == row.loopback);
  }
}

TEST_CASE("what is no origin is refused without repeating it") {
  for (const char* text : {"", "h", "ftp://h", "http://", "http://h:", "http://h:0", "http://h:70000", "http://h:8x",
                           "http://user:secret@h", "http://h/path", "http://h?o=1", "http://[::1", "http://[::x]",
                           "http://[::1]8080", "http://a b", "http://a\r\nb"}) {
    CAPTURE(text);
    auto origin = parseOrigin(text);
    REQUIRE_FALSE(origin);
    CHECK(origin.error().code == trowel::core::ErrorCode::InvalidParams);
    CHECK(origin.error().message.find("secret") == std::string::npos);
  }
}
