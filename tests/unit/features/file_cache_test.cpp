// SPDX-License-Identifier: Apache-2.0
#include "features/files/file_cache.hpp"

#include "support/catch.hpp"
#include "support/manual_clock.hpp"

namespace trowel::features {

namespace {

using namespace std::chrono_literals;

ShownEntry shown(const std::string& name) { return {name, {.name = name}}; }

FileCache::Entries list(const std::vector<std::string>& names) {
  std::vector<ShownEntry> entries;
  for (const auto& name : names) entries.push_back(shown(name));
  return std::make_shared<const std::vector<ShownEntry>>(std::move(entries));
}

}  // namespace

TEST_CASE("what was seen is believed for so long only") {
  test::ManualClock clock;
  FileCache cache(clock);
  cache.keep("t", "/a/b", shown("b"), cache.ticket());
  cache.keep("t", "/a/none", std::nullopt, cache.ticket());
  REQUIRE(cache.entry("t", "/a/b"));
  CHECK(cache.entry("t", "/a/b")->value().name == "b");
  REQUIRE(cache.entry("t", "/a/none"));
  CHECK_FALSE(cache.entry("t", "/a/none")->has_value());
  CHECK_FALSE(cache.entry("t", "/a/c"));
  CHECK_FALSE(cache.entry("other", "/a/b"));
  clock.advance(2s);
  CHECK_FALSE(cache.entry("t", "/a/b"));
  CHECK_FALSE(cache.entry("t", "/a/none"));
}

TEST_CASE("a list answers for all its names and for those that are not in it") {
  test::ManualClock clock;
  FileCache cache(clock);
  cache.keepList("t", "/a", list({"b", "c"}), cache.ticket());
  CHECK(cache.entry("t", "/a/b")->has_value());
  CHECK_FALSE(cache.entry("t", "/a/x")->has_value());
  CHECK_FALSE(cache.entry("t", "/a/b/c"));
  clock.advance(2s);
  CHECK(cache.list("t", "/a") == nullptr);
}

TEST_CASE("a change is forgotten with all below and with the lists above") {
  test::ManualClock clock;
  FileCache cache(clock);
  for (const char* path : {"/a", "/a/b", "/a/b/c", "/a/bc", "/z"}) cache.keep("t", path, shown("x"), cache.ticket());
  for (const char* path : {"/", "/a", "/a/b", "/y"}) cache.keepList("t", path, list({}), cache.ticket());
  cache.forget("t", "/a/b");
  CHECK_FALSE(cache.entry("t", "/a/b"));
  CHECK_FALSE(cache.entry("t", "/a/b/c"));
  CHECK(cache.entry("t", "/a/bc"));
  CHECK(cache.entry("t", "/z"));
  CHECK(cache.list("t", "/a/b") == nullptr);
  CHECK(cache.list("t", "/a") == nullptr);
  CHECK(cache.list("t", "/") == nullptr);
  CHECK(cache.list("t", "/y") != nullptr);
}

TEST_CASE("an answer from before a change is not kept after it") {
  test::ManualClock clock;
  FileCache cache(clock);
  const auto ticket = cache.ticket();
  cache.forget("t", "/a");
  cache.keep("t", "/a", shown("a"), ticket);
  cache.keepList("t", "/", list({"a"}), ticket);
  CHECK_FALSE(cache.entry("t", "/a"));
}

TEST_CASE("contents are kept by version and within a limit") {
  test::ManualClock clock;
  FileCache cache(clock, {.content = 10, .oneContent = 6});
  const auto text = [](std::size_t size) { return std::make_shared<const std::string>(size, 'x'); };
  cache.keepContent("t", "/a", "1", text(4));
  cache.keepContent("t", "/b", "1", text(4));
  CHECK(cache.content("t", "/a", "1") != nullptr);
  CHECK(cache.content("t", "/a", "2") == nullptr);
  cache.keepContent("t", "/c", "1", text(4));
  CHECK(cache.content("t", "/b", "1") == nullptr);  // the one that was used longest ago
  CHECK(cache.content("t", "/a", "1") != nullptr);
  cache.keepContent("t", "/large", "1", text(7));
  CHECK(cache.content("t", "/large", "1") == nullptr);
  cache.keepContent("t", "/none", "", text(1));
  CHECK(cache.content("t", "/none", "") == nullptr);
}

TEST_CASE("what the user may write is believed longer") {
  test::ManualClock clock;
  FileCache cache(clock);
  cache.keepReadOnly("t", "/a", true);
  clock.advance(59s);
  CHECK(cache.readOnly("t", "/a") == true);
  clock.advance(1s);
  CHECK(cache.readOnly("t", "/a") == std::nullopt);
}

}  // namespace trowel::features
