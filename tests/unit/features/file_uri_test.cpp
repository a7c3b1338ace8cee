// SPDX-License-Identifier: Apache-2.0
#include "features/files/file_uri.hpp"

#include "support/catch.hpp"

namespace trowel::features {

TEST_CASE("addresses of remote files are read") {
  struct Row {
    const char* uri;
    FileUri expected;
  };
  const Row rows[] = {
      {"wsfs:/Users/me/a.py", {FileSystemKind::Workspace, "", "/Users/me/a.py"}},
      {"dbws:/Users/me", {FileSystemKind::Workspace, "", "/Users/me"}},
      {"trowel-wsfs:/Users/me", {FileSystemKind::Workspace, "", "/Users/me"}},
      {"dbfs:/tmp//x/", {FileSystemKind::Dbfs, "", "/tmp/x"}},
      {"volumes:/main/default/raw", {FileSystemKind::Volumes, "", "/main/default/raw"}},
      {"wsfs:/", {FileSystemKind::Workspace, "", "/"}},
      {"wsfs:", {FileSystemKind::Workspace, "", "/"}},
      {"wsfs:///a", {FileSystemKind::Workspace, "", "/a"}},
      {"wsfs://ADB-1.azuredatabricks.net/a", {FileSystemKind::Workspace, "adb-1.azuredatabricks.net", "/a"}},
      {"dbfs://127.0.0.1:8080", {FileSystemKind::Dbfs, "127.0.0.1:8080", "/"}},
      {"wsfs://127.0.0.1%3A8080/a", {FileSystemKind::Workspace, "127.0.0.1:8080", "/a"}},
      {"wsfs:/a%20b/%23%3F%25/gr%C3%B6%C3%9Fe", {FileSystemKind::Workspace, "", "/a b/#?%/größe"}},
      {"wsfs:/a?query#fragment", {FileSystemKind::Workspace, "", "/a"}},
  };
  for (const auto& row : rows) {
    INFO(row.uri);
    const auto parsed = parseFileUri(row.uri);
    REQUIRE(parsed);
    CHECK(*parsed == row.expected);
    CHECK(parseFileUri(toString(*parsed)).value() == row.expected);
  }
  CHECK(toString({FileSystemKind::Workspace, "", "/a b/#?%"}) == "wsfs:/a%20b/%23%3F%25");
  CHECK(toString({FileSystemKind::Dbfs, "127.0.0.1:8080", "/"}) == "dbfs://127.0.0.1:8080/");
}

TEST_CASE("addresses that are none, or that lead elsewhere, are refused") {
  for (const char* uri : {"", "wsfs", "file:/a", "https://a/b", "wsfs:/a/../b", "wsfs:/a/%2E%2E/b", "wsfs:/./a",
                          "wsfs:/a%00b", "wsfs:/a%", "wsfs:/%FF"}) {
    INFO(uri);
    const auto parsed = parseFileUri(uri);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == core::ErrorCode::InvalidParams);
  }
  CHECK(parseFileUri("file:/a").error().message ==
        "Wrong parameters: 'file:/a' is no address of a file in a Databricks workspace.");
}

TEST_CASE("paths of folders and children belong together") {
  CHECK(childPath("/", "a") == "/a");
  CHECK(childPath("/a", "b") == "/a/b");
  CHECK(folderOf("/a/b") == "/a");
  CHECK(folderOf("/a") == "/");
  CHECK(folderOf("/") == "/");
  CHECK(nameOf(std::string_view("/a/b")) == "b");
}

TEST_CASE("of a folder and what is in it only the folder is meant, and each once") {
  using Paths = std::vector<std::string>;
  CHECK(outermost({"/a/b", "/a", "/ab", "/a/b/c", "/a"}) == Paths{"/a", "/ab"});
  CHECK(outermost({"/a/b", "/a/c"}) == Paths{"/a/b", "/a/c"});
  CHECK(outermost({"/x", "/"}) == Paths{"/"});
  CHECK(outermost({}).empty());
}

TEST_CASE("an address without a host takes one, and no other address does") {
  CHECK(hostOf("https://ADB-1.azuredatabricks.net") == "adb-1.azuredatabricks.net");
  CHECK(hostOf("http://127.0.0.1:8080") == "127.0.0.1:8080");
  CHECK(withHost("wsfs:/Users/a%20b", "h:1") == "wsfs://h:1/Users/a%20b");
  CHECK(withHost("volumes://other/x", "h") == "volumes://other/x");
  CHECK(withHost("file:///x", "h") == "file:///x");
}

}  // namespace trowel::features
