// SPDX-License-Identifier: Apache-2.0
#include "trowel/core/json.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace trowel::core;

TEST_CASE("fields are read tolerantly: another type or none gives the fallback, numbers and their text are the same") {
  Json json = {{"text", "a"}, {"int", 4348585301701786933}, {"number", 12.5}, {"asText", "0.5"}, {"null", nullptr}};
  CHECK(numberAt(json, "number") == 12.5);
  CHECK(numberAt(json, "asText") == 0.5);
  CHECK(numberAt(json, "text", 7) == 7);
  CHECK(numberAt(json, "null", 7) == 7);
  CHECK(numberAt(json, "absent", 7) == 7);
  CHECK(numberAt(Json::array(), "x", 7) == 7);
  CHECK(intAt(json, "int") == 4348585301701786933);
  CHECK(intAt(json, "text", 7) == 7);
  CHECK(intAt(Json{{"n", "-9223372036854775808"}}, "n") == INT64_MIN);
  CHECK(intAt(Json{{"n", 18446744073709551615U}}, "n", 7) == 7);
  CHECK(intAt(Json{{"n", "9223372036854775808"}}, "n", 7) == 7);
  CHECK(stringAt(json, "int") == "4348585301701786933");
  CHECK(stringAt(json, "null", "f") == "f");
  CHECK(arrayAt(json, "text").empty());
  CHECK(objectAt(json, "absent").is_object());
}
