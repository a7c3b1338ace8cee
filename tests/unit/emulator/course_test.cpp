// SPDX-License-Identifier: Apache-2.0
#include "emulator/state/course.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using trowel::emulator::Course;

TEST_CASE("a course is in the last stage whose time has come") {
  Course course = Course().then("STARTING", 10).then("RUNNING", 20).then("SLEEPING", 20);
  CHECK(course.at(9).state.empty());
  CHECK(course.at(10).state == "STARTING");
  CHECK(course.at(19).from == 10);
  CHECK(course.at(20).state == "SLEEPING");
  CHECK(course.end() == 20);
  CHECK(Course().at(0).state.empty());
  CHECK(Course().end() == 0);
}

TEST_CASE("a course is kept as JSON, and what is none is empty") {
  Course course = Course().then("A", 1).then("B", 2);
  CHECK(Course(course.toJson()).toJson() == course.toJson());
  CHECK(Course(nlohmann::json("x")).toJson().empty());
  CHECK(Course(nlohmann::json::object()).toJson().empty());
}
