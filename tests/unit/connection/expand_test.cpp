// SPDX-License-Identifier: Apache-2.0
#include "connection/sources/expand.hpp"

#include "support/catch.hpp"

namespace trowel::connection {

namespace {

core::Result<std::string> expand(std::string_view text) {
  return expandPath(text, "/home/me", [](const std::string& name) -> std::optional<std::string> {
    if (name == "HOME") return "/home/me";
    if (name == "DIR_2") return "data";
    if (name == "RAW") return "$HOME/%HOME%";
    if (name == "WIN") return "C:\\Users\\me";
    if (name == "EMPTY") return "";
    return std::nullopt;
  });
}

}  // namespace

TEST_CASE("variables and ~ are expanded by one rule") {
  struct Row {
    const char* text;
    const char* path;
  };
  for (const auto& row : {
           Row{"/a/b", "/a/b"},
           Row{" /a/b/ ", "/a/b"},
           Row{"/", "/"},
           Row{"~", "/home/me"},
           Row{"~/x", "/home/me/x"},
           Row{"/a/~/b", "/a/~/b"},
           Row{"$HOME/x", "/home/me/x"},
           Row{"${HOME}/x", "/home/me/x"},
           Row{"${env:HOME}/x", "/home/me/x"},
           Row{"%HOME%/x", "/home/me/x"},
           Row{"/a/$DIR_2/b", "/a/data/b"},
           Row{"/a/$DIR_2.b", "/a/data.b"},
           Row{"/a/${DIR_2}3", "/a/data3"},
           Row{"/$DIR_2%DIR_2%", "/datadata"},
           Row{"/x$RAW", "/x$HOME/%HOME%"},
           Row{"/100%", "/100%"},
           Row{"/50% of 100%", "/50% of 100%"},
           Row{"/a$", "/a$"},
           Row{"/a$1", "/a$1"},
           Row{"/a${", "/a${"},
           Row{"/a${HOME", "/a${HOME"},
           Row{"/a${workspaceFolder:x}", "/a${workspaceFolder:x}"},
           Row{"/a%20b", "/a%20b"},
           Row{"/a\\b", "/a\\b"},
       }) {
    INFO(row.text);
    auto path = expand(row.text);
    REQUIRE(path);
    CHECK(*path == row.path);
  }
}

TEST_CASE("a path that cannot be is said with the reason") {
  struct Row {
    const char* text;
    const char* message;
  };
  for (
      const auto& row : {
          Row{"C:\\sync", "'C:\\sync' is a path of Windows, and this is not. Write one that begins with / or ~."},
          Row{"d:/sync", "'d:/sync' is a path of Windows, and this is not. Write one that begins with / or ~."},
          Row{"C:", "'C:' is a path of Windows, and this is not. Write one that begins with / or ~."},
          Row{"\\\\server\\share",
              "'\\\\server\\share' is a path of Windows, and this is not. Write one that begins with / or ~."},
          Row{"%WIN%\\sync", "'%WIN%\\sync' is a path of Windows, and this is not. Write one that begins with / or ~."},
          Row{"%USERPROFILE%/sync",
              "'%USERPROFILE%/sync' needs the variable USERPROFILE, which is not set. Set it before the editor starts, "
              "or write the path out."},
          Row{"/a/$EMPTY",
              "'/a/$EMPTY' needs the variable EMPTY, which is not set. Set it before the editor starts, or "
              "write the path out."},
          Row{"sync", "'sync' is no absolute path. Write one that begins with / or ~."},
          Row{"~other/x", "'~other/x' is no absolute path. Write one that begins with / or ~."},
          Row{"", "'' is no absolute path. Write one that begins with / or ~."},
      }) {
    INFO(row.text);
    auto path = expand(row.text);
    REQUIRE_FALSE(path);
    CHECK(path.error().message == row.message);
  }
}

}  // namespace trowel::connection
