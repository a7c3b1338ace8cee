// SPDX-License-Identifier: Apache-2.0
// The library's own parser is the measure: what it takes is taken and means the same, what it refuses is refused.
#include "core/json_parser.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/random.hpp"

using namespace trowel;
using core::Json;

namespace {

std::optional<Json> ours(std::string_view text) {
  Json value;
  if (core::readJson(text, 512, value)) return std::nullopt;
  return value;
}

std::optional<Json> theirs(std::string_view text) {
  try {
    return Json::parse(text);
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

bool agree(std::string_view text) {
  const auto mine = ours(text);
  const auto other = theirs(text);
  // Equal and of the same kind: 1 and 1.0 are not the same here, nor -0.0 and 0.
  return mine.has_value() == other.has_value() && (!mine || (*mine == *other && mine->dump() == other->dump()));
}

}  // namespace

TEST_CASE("JSON means what the library says it means") {
  for (const auto* text : {
           "null",
           "true",
           " false\n",
           "0",
           "-0",
           "-0.0",
           "12",
           "-12",
           "1.5",
           "1e3",
           "1E+3",
           "1e-3",
           "0.1e1",
           "1e308",
           "1e-400",
           "18446744073709551615",
           "18446744073709551616",
           "-9223372036854775808",
           "-9223372036854775809",
           "4348585301701786933",
           "0.30000000000000004",
           "2.2250738585072011e-308",
           "\"\"",
           "\"a\"",
           R"("\"\\\/\b\f\n\r\t")",
           R"("\u0041\u00e9\u20AC\ud83d\ude00\u0000")",
           "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"",
           "\"a long run of plain characters, then a quote: \\\" and \xC3\xA4, and more than eight bytes behind\"",
           "[]",
           "[ ]",
           "[1]",
           "[1, 2,\t3]",
           "[[[]],{}]",
           "{}",
           "{ }",
           R"({"a":1})",
           R"({"b":1,"a":{"c":[]},"b":2})",
           R"({"a":{"x":1},"a":{"y":2}})",
           R"( { "k" : [ 1 , "v" ] } )",
           "\xEF\xBB\xBF{}",
           "{\"\":0,\"sorted\":1,\"unsorted\":2,\"also\":3}",
       }) {
    CAPTURE(text);
    CHECK(ours(text));
    CHECK(agree(text));
  }
}

TEST_CASE("what is no JSON is refused, with the byte where it stops to be any") {
  struct Row {
    std::string text;
    std::size_t byte;
  };
  for (const auto& row : {
           Row{"", 1},
           Row{" ", 2},
           Row{"nul", 4},
           Row{"nulx", 4},
           Row{"nullx", 5},
           Row{"01", 2},
           Row{"-", 2},
           Row{"+1", 1},
           Row{".5", 1},
           Row{"1.", 3},
           Row{"1.x", 3},
           Row{"1e", 3},
           Row{"1e+", 4},
           Row{"1e999", 6},
           Row{"NaN", 1},
           Row{"Infinity", 1},
           Row{"'a'", 1},
           Row{"\"a", 3},
           Row{"\"a\n\"", 3},
           Row{"\"\x7F\x01\"", 3},
           Row{R"("\x")", 3},
           Row{R"("\u12)", 4},
           Row{R"("\u12g4")", 4},
           Row{R"("\ud800")", 8},
           Row{R"("\ud800A")", 8},
           Row{R"("\udc00")", 8},
           Row{"\"\x80\"", 2},
           Row{"\"\xC0\x80\"", 2},
           Row{"\"\xE0\x9F\x80\"", 3},
           Row{"\"\xED\xA0\x80\"", 3},
           Row{"\"\xF4\x90\x80\x80\"", 3},
           Row{"\"\xF5\"", 2},
           Row{"\"\xE2\x82", 4},
           Row{"[", 2},
           Row{"[1", 3},
           Row{"[1,]", 4},
           Row{"[,1]", 2},
           Row{"[1 2]", 4},
           Row{"{", 2},
           Row{"{a:1}", 2},
           Row{"{\"a\"}", 5},
           Row{"{\"a\":}", 6},
           Row{"{\"a\":1,}", 8},
           Row{"{\"a\":1", 7},
           Row{"1 // x", 3},
           Row{std::string("1\0", 2), 2},
           Row{std::string("[\0]", 3), 2},
           Row{"\xEF\xBB", 1},
       }) {
    CAPTURE(row.text);
    Json value;
    const auto problem = core::readJson(row.text, 512, value);
    REQUIRE(problem);
    CHECK(problem->byte == row.byte);
    CHECK_FALSE(problem->tooDeep);
    if (row.text.find('\0') == std::string::npos) CHECK(agree(row.text));  // the library takes it for the end
  }
}

TEST_CASE("so deep and no deeper") {
  auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  Json value;
  CHECK_FALSE(core::readJson(nested(8), 8, value));
  const auto problem = core::readJson(nested(9), 8, value);
  REQUIRE(problem);
  CHECK(problem->tooDeep);
  CHECK(core::readJson(std::string(1U << 20U, '['), 512, value)->tooDeep);
  CHECK(core::parseJson(nested(513)).error().message == "JSON is nested deeper than 512 levels.");
  CHECK(core::parseJson("{]").error().message == "Not valid JSON at byte 2.");
}

TEST_CASE("documents that were damaged mean the same to both parsers") {
  const auto seed = test::randomSeed();
  CAPTURE(seed);
  test::Random random(seed);
  const std::string document =
      R"({"jobs":[{"job_id":4348585301701786933,"settings":{"name":"Nächtlich \u20ac \"x\"","tags":{},"r":-1.5e-7},)"
      R"("ok":true,"none":null}],"has_more":false,"next_page_token":"cGFnZTo\/MTAw"})";
  constexpr std::string_view kPieces = "{}[]\",:\\u09afeE+-.truefalsn \n\x7F\x01\xC3\xA9\xED\xA0\xF4";
  for (int round = 0; round < 20'000; ++round) {
    auto text = document;
    for (auto changes = 1 + random.below(4); changes > 0 && !text.empty(); --changes) {
      const auto at = random.below(text.size());
      const char piece = random.of(kPieces);
      switch (random.below(4)) {
        case 0:
          text[at] = piece;
          break;
        case 1:
          text.insert(at, 1, piece);
          break;
        case 2:
          text.erase(at, 1 + random.below(3));
          break;
        default:
          if (random.chance(10)) text.resize(at);
      }
    }
    if (!agree(text)) FAIL("they differ: " << text);
  }
}
