// SPDX-License-Identifier: Apache-2.0
#include "databricks/client/member_text.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <random>

#include "support/catch.hpp"
#include "trowel/core/json.hpp"

using namespace trowel;
using databricks::memberText;

TEST_CASE("a member of the outermost object is found without a parse") {
  struct Row {
    std::string_view text;
    std::optional<std::string_view> value;
  };
  const Row rows[] = {
      {R"({"t":"x"})", R"("x")"},
      {R"( { "a" : [1, {"t":"no"}] , "t" : "x y" , "b" : {} } )", R"("x y")"},
      {R"({"t":7,"b":1})", "7"},
      {R"({"t":{"u":[1,2]},"b":1})", R"({"u":[1,2]})"},
      {R"({"t":null})", "null"},
      {R"({"a":"t","b":{"t":1},"c":["t",{"t":2}]})", ""},
      {R"({"a":"\"t\":1","b":"\\","t":"\\\""})", R"("\\\"")"},
      {R"({"t":1,"t":2})", "2"},
      {"{}", ""},
      // Only a parser can tell.
      {R"({"\u0074":1})", std::nullopt},
      {R"([{"t":1}])", std::nullopt},
      {R"("t")", std::nullopt},
      {"", std::nullopt},
      {" ", std::nullopt},
      {"\xEF\xBB\xBF{\"t\":1}", std::nullopt},
      // Not whole.
      {R"({"t":"x")", std::nullopt},
      {R"({"t":"x)", std::nullopt},
      {R"({"t":"x\")", std::nullopt},
      {R"({"t":"x"}})", std::nullopt},
      {R"({"t":"x"} {)", std::nullopt},
      {R"({"a":[{"t":1})", std::nullopt},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(memberText(row.text, "t") == row.value);
  }
}

TEST_CASE("what is found without a parse is what a parse finds") {
  auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto below = [&](std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random); };
  const char* const words[] = {"t", "", "\"t\":1,", "\\", "\\\"", "{", "]}", "\n", "t\"", "é", "next"};
  const auto value = [&](auto& self, int depth) -> core::Json {
    switch (below(depth > 0 ? 6 : 4)) {
      case 0:
        return words[below(std::size(words))];
      case 1:
        return below(1000);
      case 2:
        return nullptr;
      case 3:
        return below(2) == 0;
      case 4: {
        auto array = core::Json::array();
        for (auto i = below(4); i > 0; --i) array.push_back(self(self, depth - 1));
        return array;
      }
      default: {
        auto object = core::Json::object();
        for (auto i = below(5); i > 0; --i)
          object[words[below(2) == 0 ? 0 : below(std::size(words))]] = self(self, depth - 1);
        return object;
      }
    }
  };
  for (int i = 0; i < 2000; ++i) {
    auto object = value(value, 4);
    auto text = object.dump(below(2) == 0 ? -1 : 2);
    INFO(text);
    auto found = memberText(text, "t");
    if (!found) {  // no object, or a name with an escape
      CHECK((!object.is_object() || text.contains('\\')));
      continue;
    }
    REQUIRE(object.is_object());
    CHECK(found->empty() != object.contains("t"));
    if (!found->empty()) CHECK(core::parseJson(*found).value() == object["t"]);
    // Cut off anywhere, it is not taken for whole.
    CHECK_FALSE(memberText(std::string_view(text).substr(0, below(text.size())), "t"));
  }
}
