// SPDX-License-Identifier: Apache-2.0
// What people read of jobs and runs: states as words and icons, triggers, durations and moments. Pure.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>

#include "trowel/databricks/runs.hpp"

namespace trowel::features {

enum class RunKind : std::uint8_t { Waiting, Running, Succeeded, Warned, Failed, Cancelled, Skipped, Unknown };

struct RunLook {
  RunKind kind = RunKind::Unknown;
  std::string word;   // "succeeded", "timed out", "waits in the queue"
  std::string icon;   // a codicon
  std::string color;  // a theme colour's id; may be empty
  std::string
      context;  // part of contextValue: waiting, running, succeeded, warned, failed, cancelled, skipped, unknown
};

// Nothing is said to run that does not: each result of the API has a word of its own, and one that is newer than this
// table is shown as the workspace wrote it.
RunLook lookOf(const databricks::RunState& state);

// Why it is in this state, as the workspace says it; empty where it says nothing beyond the state.
std::string reasonOf(const databricks::RunState& state);

// "by schedule", "by hand", …; empty for an unknown one.
std::string triggerWord(const std::string& trigger);

// When a job starts by itself: "0 0 6 * * ? (UTC), paused", "when files arrive", "by hand".
std::string triggerWords(const databricks::JobTrigger& trigger);

// "850 ms", "12 s", "3 min 5 s", "2 h 7 min", "3 d 4 h".
std::string durationWords(std::int64_t milliseconds);

// How long it took, or has taken until `now` (epoch milliseconds); empty before its start.
std::string runningTime(std::int64_t startTime, std::int64_t endTime, std::int64_t now);

// Both in the reader's own time zone: "today 06:00:10", "yesterday 06:00:10", "18 Nov 06:00:10", "18 Nov 2025
// 06:00:10".
std::string momentWords(const std::tm& moment, const std::tm& now);

// "notebook_task" -> "notebook"; what a task does, in one or two words.
std::string taskWord(const std::string& kind);

// On what it runs: "cluster 0102-…", "job cluster main", "a new cluster", "serverless"; empty where it needs nothing.
std::string computeWords(const databricks::JobTask& task);

// Without the escape sequences that colour a terminal.
std::string withoutColours(const std::string& text);

}  // namespace trowel::features
