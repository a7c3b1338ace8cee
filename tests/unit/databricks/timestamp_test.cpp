// SPDX-License-Identifier: Apache-2.0
#include "databricks/reading/timestamp.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"
#include "support/catch.hpp"

using namespace trowel;
using namespace trowel::databricks;

TEST_CASE("a time that came as text is read to the millisecond") {
  struct Row {
    const char* text;
    std::optional<std::int64_t> expected;
  };
  const Row rows[] = {
      {"2021-08-13T00:37:30.279Z", 1628815050279},
      {"2021-08-13T00:37:30Z", 1628815050000},
      {"2021-08-13T00:37:30.2Z", 1628815050200},
      {"2021-08-13T00:37:30.279999999Z", 1628815050279},
      {"2021-08-13T02:37:30.279+02:00", 1628815050279},
      {"2021-08-12T20:07:30.279-04:30", 1628815050279},
      {"1969-12-31T23:59:59.999Z", -1},
      {"", std::nullopt},
      {"1628815050279", std::nullopt},
      {"2021-08-13", std::nullopt},
      {"2021-08-13T00:37:30", std::nullopt},
      {"2021-02-30T00:37:30Z", std::nullopt},
      {"2021-08-13T24:37:30Z", std::nullopt},
      {"2021-08-13T00:37:30.Z", std::nullopt},
      {"2021-08-13T00:37:30ZZ", std::nullopt},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(parseTimestamp(row.text) == row.expected);
  }
}

TEST_CASE("fields of another shape than expected are empty") {
  core::Json json = core::parseJson(R"({"time":"2021-08-13T00:37:30.279Z","ms":1628815050279,"text":"1628815050279",
    "list":["a",1,null,{}],"map":{"a":"b","n":1,"gone":null},"nothing":null,"object":{"x":9007199254740993}})")
                        .value();
  CHECK(timeAt(json, "time") == 1628815050279);
  CHECK(timeAt(json, "ms") == 1628815050279);
  CHECK(timeAt(json, "text") == 1628815050279);
  CHECK(timeAt(json, "nothing") == 0);
  CHECK(textsAt(json, "list") == std::vector<std::string>{"a", "1"});
  CHECK(textsAt(json, "map").empty());
  CHECK(textMapAt(json, "map") == std::map<std::string, std::string>{{"a", "b"}, {"n", "1"}});
  CHECK(textMapAt(json, "list").empty());
  CHECK(documentAt(json, "nothing") == nullptr);
  CHECK(documentAt(json, "absent") == nullptr);
  CHECK(documentAt(json, "object")->at("x") == 9007199254740993);
}
