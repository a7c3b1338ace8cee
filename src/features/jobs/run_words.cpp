// SPDX-License-Identifier: Apache-2.0
#include "run_words.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

struct Drawing {
  const char* icon;
  const char* color;
  const char* context;
};

Drawing drawingOf(RunKind kind) {
  switch (kind) {
    case RunKind::Waiting:
      return {"watch", "charts.yellow", "waiting"};
    case RunKind::Running:
      return {"sync~spin", "charts.blue", "running"};
    case RunKind::Succeeded:
      return {"pass", "charts.green", "succeeded"};
    case RunKind::Warned:
      return {"warning", "charts.yellow", "warned"};
    case RunKind::Failed:
      return {"error", "charts.red", "failed"};
    case RunKind::Cancelled:
      return {"circle-slash", "", "cancelled"};
    case RunKind::Skipped:
      return {"debug-step-over", "", "skipped"};
    case RunKind::Unknown:
      break;
  }
  return {"question", "", "unknown"};
}

RunLook look(RunKind kind, std::string word) {
  auto drawing = drawingOf(kind);
  return {
      .kind = kind, .word = std::move(word), .icon = drawing.icon, .color = drawing.color, .context = drawing.context};
}

struct Meaning {
  std::string_view state;
  RunKind kind;
  const char* word;
};

constexpr std::array kResults = {
    Meaning{"SUCCESS", RunKind::Succeeded, "succeeded"},
    Meaning{"SUCCESS_WITH_FAILURES", RunKind::Warned, "succeeded, with failed tasks"},
    Meaning{"FAILED", RunKind::Failed, "failed"},
    Meaning{"TIMEDOUT", RunKind::Failed, "timed out"},
    Meaning{"UPSTREAM_FAILED", RunKind::Failed, "not run: a task before it failed"},
    Meaning{"CANCELED", RunKind::Cancelled, "cancelled"},
    Meaning{"UPSTREAM_CANCELED", RunKind::Cancelled, "not run: a task before it was cancelled"},
    Meaning{"EXCLUDED", RunKind::Skipped, "not run: its condition did not hold"},
    Meaning{"MAXIMUM_CONCURRENT_RUNS_REACHED", RunKind::Skipped, "skipped: too many runs at once"},
    Meaning{"DISABLED", RunKind::Skipped, "not run: disabled"},
};

constexpr std::array kLifeCycles = {
    Meaning{"QUEUED", RunKind::Waiting, "waits in the queue"},
    Meaning{"PENDING", RunKind::Waiting, "starting"},
    Meaning{"BLOCKED", RunKind::Waiting, "waits for other tasks"},
    Meaning{"WAITING_FOR_RETRY", RunKind::Waiting, "waits to be tried again"},
    Meaning{"WAITING", RunKind::Waiting, "waits to be tried again"},
    Meaning{"RUNNING", RunKind::Running, "running"},
    Meaning{"TERMINATING", RunKind::Running, "ending"},
    Meaning{"SKIPPED", RunKind::Skipped, "skipped"},
    Meaning{"INTERNAL_ERROR", RunKind::Failed, "failed"},
};

// Where only the newer form of the state came.
constexpr std::array kCodes = {
    Meaning{"SUCCESS", RunKind::Succeeded, "succeeded"},
    Meaning{"SUCCESS_WITH_FAILURES", RunKind::Warned, "succeeded, with failed tasks"},
    Meaning{"USER_CANCELED", RunKind::Cancelled, "cancelled"},
    Meaning{"CANCELED", RunKind::Cancelled, "cancelled"},
    Meaning{"SKIPPED", RunKind::Skipped, "skipped"},
    Meaning{"MAX_CONCURRENT_RUNS_EXCEEDED", RunKind::Skipped, "skipped: too many runs at once"},
    Meaning{"DISABLED", RunKind::Skipped, "not run: disabled"},
};

template <std::size_t N>
const Meaning* find(const std::array<Meaning, N>& table, const std::string& state) {
  for (const auto& each : table)
    if (each.state == state) return &each;
  return nullptr;
}

std::string inWords(const std::string& state) { return core::replaceAll(core::toLower(state), "_", " "); }

constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// A leap year's length is enough to tell whether two days follow each other.
bool isDayBefore(const std::tm& day, const std::tm& next) {
  if (day.tm_year == next.tm_year) return day.tm_yday + 1 == next.tm_yday;
  return day.tm_year + 1 == next.tm_year && day.tm_mon == 11 && day.tm_mday == 31 && next.tm_yday == 0;
}

}  // namespace

RunLook lookOf(const databricks::RunState& state) {
  if (!state.result.empty()) {
    if (const auto* known = find(kResults, state.result)) return look(known->kind, known->word);
    return look(RunKind::Unknown, inWords(state.result));
  }
  if (state.lifeCycle == "TERMINATED" || (state.lifeCycle.empty() && state.status == "TERMINATED")) {
    if (const auto* known = find(kCodes, state.terminationCode)) return look(known->kind, known->word);
    if (!state.terminationCode.empty()) return look(RunKind::Failed, "failed: " + inWords(state.terminationCode));
    return look(RunKind::Unknown, "ended");
  }
  const auto& now = state.lifeCycle.empty() ? state.status : state.lifeCycle;
  if (const auto* known = find(kLifeCycles, now)) return look(known->kind, known->word);
  return look(RunKind::Unknown, now.empty() ? "state unknown" : inWords(now));
}

std::string reasonOf(const databricks::RunState& state) {
  if (!state.isOver() && !state.queueReason.empty()) return state.queueReason;
  return state.message.empty() ? state.terminationMessage : state.message;
}

std::string triggerWord(const std::string& trigger) {
  constexpr std::array<std::pair<std::string_view, const char*>, 8> kWords = {{
      {"PERIODIC", "by schedule"},
      {"ONE_TIME", "by hand"},
      {"RETRY", "again after a failure"},
      {"RUN_JOB_TASK", "by another job"},
      {"FILE_ARRIVAL", "by new files"},
      {"CONTINUOUS", "continuously"},
      {"CONTINUOUS_RESTART", "continuously"},
      {"TABLE", "by a changed table"},
  }};
  for (const auto& [name, word] : kWords)
    if (name == trigger) return word;
  return {};
}

std::string triggerWords(const databricks::JobTrigger& trigger) {
  std::string words;
  if (trigger.kind.empty()) return "by hand";
  if (trigger.kind == "schedule")
    words = trigger.timezone.empty() ? trigger.cron : fmt::format("{} ({})", trigger.cron, trigger.timezone);
  else if (trigger.kind == "continuous")
    words = "continuous";
  else if (trigger.kind == "periodic")
    words = "periodic";
  else if (trigger.kind == "file_arrival")
    words = "when files arrive";
  else if (trigger.kind == "table_update")
    words = "when tables change";
  else
    words = inWords(trigger.kind);
  return trigger.paused ? words + ", paused" : words;
}

std::string durationWords(std::int64_t milliseconds) {
  if (milliseconds < 0) milliseconds = 0;
  if (milliseconds < 1000) return fmt::format("{} ms", milliseconds);
  auto seconds = milliseconds / 1000;
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  if (seconds < 86'400) return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
  return fmt::format("{} d {} h", seconds / 86'400, seconds % 86'400 / 3600);
}

std::string runningTime(std::int64_t startTime, std::int64_t endTime, std::int64_t now) {
  if (startTime == 0) return {};
  return durationWords((endTime == 0 ? now : endTime) - startTime);
}

std::string momentWords(const std::tm& moment, const std::tm& now) {
  auto time = fmt::format("{:02}:{:02}:{:02}", moment.tm_hour, moment.tm_min, moment.tm_sec);
  if (moment.tm_year == now.tm_year && moment.tm_yday == now.tm_yday) return "today " + time;
  if (isDayBefore(moment, now)) return "yesterday " + time;
  auto day = fmt::format("{} {}", moment.tm_mday, kMonths.at(static_cast<std::size_t>(moment.tm_mon)));
  if (moment.tm_year == now.tm_year) return day + " " + time;
  return fmt::format("{} {} {}", day, moment.tm_year + 1900, time);
}

std::string taskWord(const std::string& kind) {
  if (kind.empty()) return "task";
  if (kind == "spark_python_task") return "Python file";
  if (kind == "python_wheel_task") return "Python wheel";
  if (kind == "spark_jar_task") return "JAR";
  if (kind == "sql_task") return "SQL";
  if (kind == "run_job_task") return "job";
  if (kind == "for_each_task") return "for each";
  auto word = kind;
  if (word.ends_with("_task")) word.resize(word.size() - 5);
  return core::replaceAll(std::move(word), "_", " ");
}

std::string computeWords(const databricks::JobTask& task) {
  if (!task.clusterId.empty()) return "cluster " + task.clusterId;
  if (!task.jobClusterKey.empty()) return "job cluster " + task.jobClusterKey;
  if (task.newCluster) return "a new cluster";
  constexpr std::array<std::string_view, 4> kServerless = {"notebook_task", "spark_python_task", "python_wheel_task",
                                                           "dbt_task"};
  for (auto kind : kServerless)
    if (kind == task.kind) return "serverless";
  return {};
}

std::string withoutColours(const std::string& text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\x1b' || i + 1 >= text.size() || text[i + 1] != '[') {
      plain += text[i];
      continue;
    }
    // ESC [ parameters, then one byte from @ to ~.
    i += 2;
    while (i < text.size() && (text[i] < '@' || text[i] > '~')) ++i;
  }
  return plain;
}

}  // namespace trowel::features
