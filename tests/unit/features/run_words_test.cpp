// SPDX-License-Identifier: Apache-2.0
#include "features/jobs/run_words.hpp"

#include "support/catch.hpp"

namespace trowel::features {

namespace {

databricks::RunState state(const std::string& lifeCycle, const std::string& result = {}) {
  databricks::RunState state;
  state.lifeCycle = lifeCycle;
  state.result = result;
  return state;
}

std::tm moment(int year, int month, int day, int yearDay) {
  std::tm tm{};
  tm.tm_year = year - 1900;
  tm.tm_mon = month - 1;
  tm.tm_mday = day;
  tm.tm_yday = yearDay;
  tm.tm_hour = 6;
  tm.tm_min = 5;
  return tm;
}

}  // namespace

TEST_CASE("each state of a run has its own word, and only what runs looks like it") {
  struct Row {
    const char* lifeCycle;
    const char* result;
    const char* word;
    RunKind kind;
  };
  const Row rows[] = {
      {"QUEUED", "", "waits in the queue", RunKind::Waiting},
      {"PENDING", "", "starting", RunKind::Waiting},
      {"BLOCKED", "", "waits for other tasks", RunKind::Waiting},
      {"WAITING_FOR_RETRY", "", "waits to be tried again", RunKind::Waiting},
      {"RUNNING", "", "running", RunKind::Running},
      {"TERMINATING", "", "ending", RunKind::Running},
      {"TERMINATED", "SUCCESS", "succeeded", RunKind::Succeeded},
      {"TERMINATED", "SUCCESS_WITH_FAILURES", "succeeded, with failed tasks", RunKind::Warned},
      {"TERMINATED", "FAILED", "failed", RunKind::Failed},
      {"INTERNAL_ERROR", "FAILED", "failed", RunKind::Failed},
      {"INTERNAL_ERROR", "", "failed", RunKind::Failed},
      {"TERMINATED", "TIMEDOUT", "timed out", RunKind::Failed},
      {"TERMINATED", "UPSTREAM_FAILED", "not run: a task before it failed", RunKind::Failed},
      {"TERMINATED", "CANCELED", "cancelled", RunKind::Cancelled},
      {"TERMINATED", "UPSTREAM_CANCELED", "not run: a task before it was cancelled", RunKind::Cancelled},
      {"TERMINATED", "EXCLUDED", "not run: its condition did not hold", RunKind::Skipped},
      {"SKIPPED", "MAXIMUM_CONCURRENT_RUNS_REACHED", "skipped: too many runs at once", RunKind::Skipped},
      {"SKIPPED", "", "skipped", RunKind::Skipped},
      {"TERMINATED", "DISABLED", "not run: disabled", RunKind::Skipped},
      {"TERMINATED", "", "ended", RunKind::Unknown},
      {"TERMINATED", "SOMETHING_NEW", "something new", RunKind::Unknown},
      {"SOMETHING_NEW", "", "something new", RunKind::Unknown},
      {"", "", "state unknown", RunKind::Unknown},
  };
  for (const auto& row : rows) {
    INFO(row.lifeCycle << "/" << row.result);
    auto look = lookOf(state(row.lifeCycle, row.result));
    CHECK(look.word == row.word);
    CHECK(look.kind == row.kind);
    CHECK_FALSE(look.icon.empty());
    CHECK((look.icon == "sync~spin") == (look.kind == RunKind::Running));
  }
}

TEST_CASE("where only the newer form of a state came, it is read as well") {
  databricks::RunState state;
  state.status = "RUNNING";
  CHECK(lookOf(state).word == "running");
  state.status = "TERMINATED";
  state.terminationCode = "SUCCESS";
  CHECK(lookOf(state).kind == RunKind::Succeeded);
  state.terminationCode = "CLUSTER_ERROR";
  CHECK(lookOf(state).word == "failed: cluster error");
  state.terminationMessage = "The cloud has no machines.";
  CHECK(reasonOf(state) == "The cloud has no machines.");
}

TEST_CASE("triggers, durations and moments in words") {
  CHECK(triggerWords({}) == "by hand");
  CHECK(triggerWords({.kind = "schedule", .cron = "0 0 6 * * ?", .timezone = "UTC", .paused = true}) ==
        "0 0 6 * * ? (UTC), paused");
  databricks::JobTrigger trigger;
  trigger.kind = "file_arrival";
  CHECK(triggerWords(trigger) == "when files arrive");
  trigger.kind = "model_update";
  CHECK(triggerWords(trigger) == "model update");
  CHECK(triggerWord("PERIODIC") == "by schedule");
  CHECK(triggerWord("NEWER").empty());

  CHECK(durationWords(850) == "850 ms");
  CHECK(durationWords(-5) == "0 ms");
  CHECK(durationWords(12'999) == "12 s");
  CHECK(durationWords(185'000) == "3 min 5 s");
  CHECK(durationWords(7'620'000) == "2 h 7 min");
  CHECK(durationWords(273'600'000) == "3 d 4 h");
  CHECK(runningTime(0, 0, 5).empty());
  CHECK(runningTime(1000, 0, 4000) == "3 s");
  CHECK(runningTime(1000, 3000, 9000) == "2 s");

  const auto now = moment(2026, 1, 1, 0);
  CHECK(momentWords(now, now) == "today 06:05:00");
  CHECK(momentWords(moment(2025, 12, 31, 364), now) == "yesterday 06:05:00");
  CHECK(momentWords(moment(2025, 12, 30, 363), now) == "30 Dec 2025 06:05:00");
  CHECK(momentWords(moment(2026, 1, 1, 0), moment(2026, 3, 1, 59)) == "1 Jan 06:05:00");
}

TEST_CASE("colours of a terminal are taken out, and nothing else") {
  CHECK(withoutColours("\x1b[0;31mError\x1b[0m: [x]") == "Error: [x]");
  CHECK(withoutColours("cut \x1b[") == "cut ");
  CHECK(withoutColours("\x1b alone") == "\x1b alone");
}

}  // namespace trowel::features
