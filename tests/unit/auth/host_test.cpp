// SPDX-License-Identifier: Apache-2.0
#include "trowel/auth/host.hpp"

#include "support/catch.hpp"

namespace trowel::auth {

TEST_CASE("a host comes into its one form, and what its link says is kept") {
  struct Row {
    const char* text;
    const char* host;
    const char* workspaceId = "";
    const char* accountId = "";
  };
  for (const auto& row : {
           Row{"https://adb-1.2.azuredatabricks.net", "https://adb-1.2.azuredatabricks.net"},
           Row{"adb-1.2.azuredatabricks.net", "https://adb-1.2.azuredatabricks.net"},
           Row{"  HTTPS://ADB-1.2.AzureDatabricks.net/  ", "https://adb-1.2.azuredatabricks.net"},
           Row{"https://h.example/browse/folders/1?o=12#x", "https://h.example", "12"},
           Row{"h.example/?o=12", "https://h.example", "12"},
           Row{"https://h.example?workspace_id=12", "https://h.example", "12"},
           Row{"https://h.example?o=twelve", "https://h.example"},
           Row{"https://h.example?w=none", "https://h.example", "none"},
           Row{"https://h.example/?o=12&a=ab-c", "https://h.example", "12", "ab-c"},
           Row{"https://h.example/?account_id=ab%2Dc", "https://h.example", "", "ab-c"},
           Row{"https://h.example#o=12", "https://h.example"},
           Row{"https://h.example:443", "https://h.example"},
           Row{"https://h.example:8443/", "https://h.example:8443"},
           Row{"http://127.0.0.1:8080/", "http://127.0.0.1:8080"},
           Row{"http://localhost:8080", "http://localhost:8080"},
           Row{"localhost:8080", "https://localhost:8080"},
           Row{"https://emulator:8080", "https://emulator:8080"},
       }) {
    INFO(row.text);
    auto address = normaliseHost(row.text);
    REQUIRE(address);
    CHECK(address->host == row.host);
    CHECK(address->workspaceId == row.workspaceId);
    CHECK(address->accountId == row.accountId);
    CHECK(isSameHost(row.text, row.host));
  }
}

TEST_CASE("what is no host is refused without being shown") {
  for (const char* text :
       {"https://me:s3cret@h.example", "me:s3cret@h.example/?o=1", "s3cret", "ftp://s3cret.example", "https://", "",
        "https://h.example:99999", "https://s3 cret.example", "http://s3cret.example"}) {
    INFO(text);
    auto address = normaliseHost(text);
    REQUIRE_FALSE(address);
    CHECK(address.error().message.find("s3") == std::string::npos);
    CHECK_FALSE(isSameHost(text, text));
  }
  CHECK(normaliseHost("http://h.example").error().message ==
        "The address of the workspace begins with http://, so your token would travel unencrypted. Write https:// "
        "instead.");
}

}  // namespace trowel::auth
