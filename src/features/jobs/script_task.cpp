// SPDX-License-Identifier: Apache-2.0
#include "script_task.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

struct SourceKind {
  std::string_view extension;
  const char* language;
  const char* header;
};

constexpr std::array<SourceKind, 4> kSources = {{
    {".py", "PYTHON", "# Databricks notebook source"},
    {".sql", "SQL", "-- Databricks notebook source"},
    {".scala", "SCALA", "// Databricks notebook source"},
    {".r", "R", "# Databricks notebook source"},
}};

constexpr std::string_view kMark = "\xEF\xBB\xBF";
constexpr std::size_t kMaxKey = 100;  // characters, of the API
constexpr const char* kEnvironment = "default";
constexpr const char* kEnvironmentVersion = "2";

std::unexpected<core::Error> wrong(std::string message) {
  return core::fail(ErrorCode::InvalidParams, std::move(message));
}

Result<std::string> languageOfIpynb(std::string_view bytes) {
  auto parsed = core::parseJson(bytes.starts_with(kMark) ? bytes.substr(kMark.size()) : bytes);
  if (!parsed) return core::failBecause(parsed.error(), "This is no Jupyter notebook: its text is not JSON.");
  if (!parsed->is_object() || !parsed->contains("cells")) return wrong("This is no Jupyter notebook: it has no cells.");
  const auto& metadata = core::objectAt(*parsed, "metadata");
  auto language = core::stringAt(core::objectAt(metadata, "language_info"), "name");
  if (language.empty()) language = core::stringAt(core::objectAt(metadata, "kernelspec"), "language");
  language = core::toLower(language);
  if (language.empty() || language == "ipython" || language == "python3") return "PYTHON";
  for (const auto& kind : kSources)
    if (core::toLower(kind.language) == language) return kind.language;
  return core::fail(ErrorCode::Unsupported,
                    "Databricks runs notebooks in Python, SQL, Scala and R, not in " + language + ".");
}

std::string_view firstLine(std::string_view bytes) {
  if (bytes.starts_with(kMark)) bytes.remove_prefix(kMark.size());
  auto line = bytes.substr(0, bytes.find('\n'));
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<Json> daily(std::string_view text, const std::string& timezone) {
  auto parts = core::split(text, ':');
  auto hour = parts.size() == 2 ? number(parts[0]) : std::nullopt;
  auto minute = parts.size() == 2 ? number(parts[1]) : std::nullopt;
  if (!hour || !minute || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59)
    return wrong("Write the time as hours and minutes, from 0:00 to 23:59.");
  return Json{{"schedule",
               {{"quartz_cron_expression", fmt::format("0 {} {} * * ?", *minute, *hour)},
                {"timezone_id", timezone},
                {"pause_status", "UNPAUSED"}}}};
}

Result<Json> cron(std::string_view text, const std::string& timezone) {
  auto fields = core::split(text, ' ');
  std::erase_if(fields, [](std::string_view field) { return field.empty(); });
  if (fields.size() != 6 && fields.size() != 7)
    return wrong("Quartz cron has six fields or seven, from seconds on: 0 30 6 * * ? is each day at 6:30.");
  return Json{
      {"schedule",
       {{"quartz_cron_expression", std::string(text)}, {"timezone_id", timezone}, {"pause_status", "UNPAUSED"}}}};
}

Result<Json> periodic(std::string_view text) {
  auto parts = core::split(text, ' ');
  std::erase_if(parts, [](std::string_view part) { return part.empty(); });
  auto count = parts.size() == 2 ? number(parts[0]) : std::nullopt;
  auto unit = parts.size() == 2 ? core::toLower(parts[1]) : std::string();
  if (!unit.ends_with('s')) unit += 's';
  if (!count || *count < 1 || (unit != "hours" && unit != "days" && unit != "weeks"))
    return wrong("Write a number of hours, days or weeks, as in: 4 hours.");
  std::ranges::transform(unit, unit.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return Json{{"trigger", {{"periodic", {{"interval", *count}, {"unit", unit}}}, {"pause_status", "UNPAUSED"}}}};
}

}  // namespace

Result<Script> scriptOf(std::string_view fileName, std::string bytes) {
  auto slash = fileName.rfind('/');
  if (slash != std::string_view::npos) fileName.remove_prefix(slash + 1);
  auto dot = fileName.rfind('.');
  auto extension = dot == std::string_view::npos ? std::string() : core::toLower(fileName.substr(dot));
  auto stem = std::string(fileName.substr(0, dot));
  if (extension == ".ipynb") {
    auto language = TROWEL_TRY(languageOfIpynb(bytes));
    return Script{
        .language = std::move(language), .format = "JUPYTER", .name = std::move(stem), .content = std::move(bytes)};
  }
  for (const auto& kind : kSources) {
    if (kind.extension != extension) continue;
    if (firstLine(bytes) == kind.header)
      return Script{
          .language = kind.language, .format = "SOURCE", .name = std::move(stem), .content = std::move(bytes)};
    if (extension == ".py")
      return Script{.notebook = false,
                    .language = kind.language,
                    .format = "RAW",
                    .name = std::string(fileName),
                    .content = std::move(bytes)};
    if (bytes.starts_with(kMark)) bytes.erase(0, kMark.size());
    return Script{.language = kind.language,
                  .format = "SOURCE",
                  .name = std::move(stem),
                  .content = std::string(kind.header) + "\n" + bytes};
  }
  return core::fail(ErrorCode::Unsupported,
                    fmt::format("{} cannot run as a job. Choose a notebook (.ipynb, or a source "
                                "file of one) or a .py, .sql, .scala or .r file.",
                                fileName));
}

Json jobClusterLike(Json spec) {
  for (const char* field : {"cluster_name", "cluster_id", "autotermination_minutes", "single_user_name", "kind",
                            "is_single_node", "cluster_source", "apply_policy_default_values"})
    spec.erase(field);
  return spec;
}

std::vector<std::string> dependenciesOf(std::string_view line) {
  std::vector<std::string> all;
  // A comma also stands inside "pandas>=2,<3": only one behind which a new requirement begins parts two of them.
  for (auto part : core::split(line, ',')) {
    auto text = core::trim(part);
    if (text.empty()) continue;
    if (!all.empty() && std::string_view("<>=!~").find(text.front()) != std::string_view::npos)
      all.back() += "," + std::string(text);
    else
      all.emplace_back(text);
  }
  return all;
}

Result<std::vector<std::string>> wordsOf(std::string_view line) {
  std::vector<std::string> words;
  bool inWord = false;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (quote == 0 && (c == ' ' || c == '\t')) {
      inWord = false;
      continue;
    }
    if (!std::exchange(inWord, true)) words.emplace_back();
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else {
      // Single quotes keep backslashes.
      if (c == '\\' && quote != '\'' && i + 1 < line.size()) c = line[++i];
      words.back() += c;
    }
  }
  if (quote != 0) return wrong(fmt::format("A quote ({}) is not closed.", quote));
  return words;
}

std::string lineOf(const Json& words) {
  std::string line;
  for (const auto& word : words) {
    auto text = word.is_string() ? word.get<std::string>() : core::dumpJson(word);
    if (!line.empty()) line += ' ';
    if (text.empty() || text.find_first_of(" \t\"'\\") != std::string::npos)
      line += '"' + core::replaceAll(core::replaceAll(std::move(text), "\\", "\\\\"), "\"", "\\\"") + '"';
    else
      line += text;
  }
  return line;
}

Result<Json> parametersOf(const Script& script, std::string_view line) {
  auto words = TROWEL_TRY(wordsOf(line));
  if (!script.notebook) return Json(words);
  Json values = Json::object();
  for (const auto& word : words) {
    auto sign = word.find('=');
    if (sign == 0 || sign == std::string::npos)
      return wrong("Write name=value for each, with quotes around values that have blanks, as in city=\"New York\".");
    values[word.substr(0, sign)] = word.substr(sign + 1);
  }
  return values;
}

Result<Json> definitionOf(const Script& script, const std::string& path, const TaskCompute& compute,
                          const Json& parameters) {
  const bool serverless = compute.kind == TaskCompute::Kind::Serverless;
  if (serverless && script.language != "PYTHON" && script.language != "SQL")
    return core::fail(ErrorCode::Unsupported,
                      "Serverless compute runs Python and SQL. Choose a cluster for Scala and R.");
  Json task{{"task_key", taskKeyOf(script.name)}};
  if (script.notebook)
    task["notebook_task"] = {{"notebook_path", path}, {"source", "WORKSPACE"}};
  else
    task["spark_python_task"] = {{"python_file", path.starts_with("/Workspace/") ? path : "/Workspace" + path}};
  if (!parameters.empty() && script.notebook) task["notebook_task"]["base_parameters"] = parameters;
  if (!parameters.empty() && !script.notebook) task["spark_python_task"]["parameters"] = parameters;
  Json definition = Json::object();
  if (compute.kind == TaskCompute::Kind::Cluster) {
    task["existing_cluster_id"] = compute.clusterId;
  } else if (compute.kind == TaskCompute::Kind::JobCluster) {
    definition["job_clusters"] = Json::array({{{"job_cluster_key", "main"}, {"new_cluster", *compute.newCluster}}});
    task["job_cluster_key"] = "main";
  } else if (!script.notebook || !compute.dependencies.empty()) {
    // Notebooks bring an environment of their own, unless one is given here; files must have one.
    Json spec{{"environment_version", kEnvironmentVersion}};
    if (!compute.dependencies.empty()) spec["dependencies"] = compute.dependencies;
    definition["environments"] = Json::array({{{"environment_key", kEnvironment}, {"spec", std::move(spec)}}});
    task["environment_key"] = kEnvironment;
  }
  definition["tasks"] = Json::array({std::move(task)});
  return definition;
}

std::string taskKeyOf(std::string_view name) {
  std::string key;
  for (char c : name) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (plain)
      key += c;
    else if (!key.empty() && key.back() != '_')
      key += '_';
  }
  while (key.ends_with('_')) key.pop_back();
  if (key.size() > kMaxKey) key.resize(kMaxKey);
  return key.empty() ? "main" : key;
}

Result<Json> startOf(StartKind kind, std::string_view text, const std::string& timezone) {
  switch (kind) {
    case StartKind::ByHand:
      break;
    case StartKind::Daily:
      return daily(core::trim(text), timezone);
    case StartKind::Cron:
      return cron(core::trim(text), timezone);
    case StartKind::Periodic:
      return periodic(core::trim(text));
    case StartKind::FileArrival:
      if (!text.starts_with("/Volumes/") && text.find("://") == std::string_view::npos)
        return wrong("Name a volume (/Volumes/catalog/schema/name/) or the address of an external location.");
      return Json{{"trigger", {{"file_arrival", {{"url", std::string(text)}}}, {"pause_status", "UNPAUSED"}}}};
    case StartKind::Continuous:
      return Json{{"continuous", {{"pause_status", "UNPAUSED"}}}};
  }
  return Json::object();
}

}  // namespace trowel::features
