// SPDX-License-Identifier: Apache-2.0
// What `trowel doctor` found: one check a line for people, or all of them as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace trowel::app {

enum class Mark : std::uint8_t {
  Ok,
  Note,     // worth knowing; nothing is broken by it
  Skipped,  // cannot be checked before something above works
  Fail,
};

struct Check {
  Mark mark = Mark::Ok;
  std::string name = {};    // "name lookup"
  std::string text = {};    // what was found
  std::string remedy = {};  // what to do; each Fail has one
};

using Checks = std::vector<Check>;

// The lines of a check as people read them, with a line break at the end. Pure.
std::string toText(const Check& check);
// One document: {"ok": …, "checks": [{"check", "status", "text", "remedy"?}]}. Pure.
std::string toJson(const Checks& checks);

// Nothing that looks like a secret comes out. Prints as it goes, or with JSON at finish().
class Report {
 public:
  explicit Report(bool asJson) : asJson_(asJson) {}

  void add(Check check);
  void add(Checks checks);
  // The exit status: 0 where nothing failed, else 1.
  int finish();

 private:
  const bool asJson_;
  Checks checks_;
};

}  // namespace trowel::app
