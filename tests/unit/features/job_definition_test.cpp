// SPDX-License-Identifier: Apache-2.0
#include "features/jobs/job_definition.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "features/jobs/yaml_text.hpp"
#include "support/catch.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

using core::Json;

namespace {

Json served() {
  return Json::parse(R"({
    "name": "Nightly: load", "email_notifications": {}, "webhook_notifications": {}, "timeout_seconds": 0,
    "max_concurrent_runs": 1, "format": "MULTI_TASK", "queue": {"enabled": true}, "newer_field": {"a": [1, 2.5, null]},
    "tags": {"on": "yes", "version": "1.0", "empty": ""},
    "schedule": {"quartz_cron_expression": "20 30 * * * ?", "timezone_id": "Europe/London", "pause_status": "PAUSED"},
    "tasks": [
      {"task_key": "a", "run_if": "ALL_SUCCESS", "timeout_seconds": 0, "max_retries": 2, "email_notifications": {},
       "notebook_task": {"notebook_path": "/Users/ada/nb", "source": "WORKSPACE", "base_parameters": {"text": "x\ny: #1"}}},
      {"task_key": "b", "run_if": "ALL_DONE", "depends_on": [{"task_key": "a"}],
       "for_each_task": {"inputs": "[1,2]", "task": {"task_key": "c", "run_if": "ALL_SUCCESS", "condition_task": {}}}}
    ]})");
}

std::string problem(std::string_view text) {
  auto read = readDefinition(text);
  return read ? std::string() : read.error().message;
}

}  // namespace

TEST_CASE("a definition loses what the workspace fills in, and nothing else") {
  auto clean = cleanDefinition(served());
  for (const char* field :
       {"email_notifications", "webhook_notifications", "timeout_seconds", "max_concurrent_runs", "format"})
    CHECK_FALSE(clean.contains(field));
  CHECK(clean["newer_field"] == served()["newer_field"]);
  CHECK(clean["schedule"] == served()["schedule"]);
  CHECK(clean["tasks"][0] ==
        Json::parse(R"({"task_key": "a", "max_retries": 2, "notebook_task": {"notebook_path": "/Users/ada/nb",
                        "base_parameters": {"text": "x\ny: #1"}}})"));
  CHECK(clean["tasks"][1]["run_if"] == "ALL_DONE");
  CHECK_FALSE(clean["tasks"][1]["for_each_task"]["task"].contains("run_if"));
  auto git = served();
  git["git_source"] = {{"git_url", "u"}, {"git_snapshot", {{"used_commit", "c"}}}};
  clean = cleanDefinition(git);
  CHECK(clean["tasks"][0]["notebook_task"]["source"] == "WORKSPACE");
  CHECK(clean["git_source"] == Json{{"git_url", "u"}});
  CHECK(cleanDefinition(Json(5)) == Json::object());
}

TEST_CASE("what is written is read as the same, as JSON and as YAML") {
  auto clean = cleanDefinition(served());
  for (auto format : {DefinitionFormat::Json, DefinitionFormat::Yaml}) {
    auto text = writeDefinition(clean, format);
    INFO(text);
    auto read = readDefinition(text);
    REQUIRE(read);
    CHECK(*read->settings == clean);
    CHECK_FALSE(read->jobId);
  }
}

TEST_CASE("definitions come in several shapes") {
  struct Row {
    const char* text;
    std::int64_t id;
  };
  const Row rows[] = {
      {R"({"name": "n", "tasks": []})", 0},
      {R"({"job_id": 7, "creator_user_name": "a", "created_time": 1, "settings": {"name": "n", "tasks": []}})", 7},
      {R"({"job_id": "7", "new_settings": {"name": "n", "tasks": []}})", 7},
      {"name: n\ntasks: []\n", 0},
      {"resources:\n  jobs:\n    nightly:\n      name: n\n      tasks: []\n", 0},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    auto read = readDefinition(row.text);
    REQUIRE(read);
    CHECK(read->jobId.value_or(0) == row.id);
    CHECK(*read->settings == Json::parse(R"({"name": "n", "tasks": []})"));
  }
}

TEST_CASE("what is no definition is refused with a reason") {
  CHECK(problem("  ").starts_with("This is no definition of a job. The editor is empty."));
  CHECK(problem("[1]") == "A job's definition is an object with 'name' and 'tasks', not a list or a value.");
  CHECK(problem("{\"tasks\": []}") == "The definition has no 'name'. Give the job one, and run this again.");
  CHECK(problem("resources: {jobs: {a: {name: x}, b: {name: y}}}") ==
        "The text defines 2 jobs under 'resources'. Leave the one that is meant.");
  CHECK(problem("resources: {jobs: {a: {name: 'x ${var.stage}'}}}") ==
        "The definition has references (${var.…}) that only the bundle's deployment fills in. Write values in their "
        "places, or deploy the bundle.");
  CHECK(problem("name: &a x\nb: *a\n") ==
        "This is no definition of a job. Line 2: Aliases (*name) are not supported here. Write the value out.");
  CHECK(problem("name: x\nname: y\n") == "This is no definition of a job. Line 2: The key 'name' is there twice.");
  CHECK_FALSE(problem("name: [x").empty());
  CHECK_FALSE(problem("{\"name\": ").empty());
}

TEST_CASE("scalars of YAML keep their kind") {
  const Json values[] = {
      nullptr, true,    false,        0,      -5,  1.5,   "",     "true",        "yes",         "5",          "1e3",
      "0x1f",  "12:30", "2026-11-20", "null", "~", "- x", "a: b", "a #b",        "#",           "{{job.id}}", "'q'",
      "\"q\"", " x ",   "x\ny",       "ü",    "*", "?",   "@x",   Json::array(), Json::object()};
  for (const auto& value : values) {
    const Json document{{"key", value}, {"list", Json::array({value, Json::array({value}), Json{{"k", value}}})}};
    auto text = yamlOfJson(document);
    INFO(text);
    auto read = jsonOfYaml(text);
    REQUIRE(read);
    CHECK(*read == document);
  }
  CHECK(yamlOfJson(Json::parse(R"({"a": 1, "tasks": [{"b": 2, "task_key": "load"}], "name": "nightly"})")) ==
        "name: nightly\na: 1\ntasks:\n  - task_key: load\n    b: 2\n");
  CHECK(jsonOfYaml("a: 1\nb: yes\nc: '1'\n").value() == Json::parse(R"({"a": 1, "b": "yes", "c": "1"})"));
  CHECK_FALSE(jsonOfYaml(std::string(200, '[')));
}

TEST_CASE("a job's name becomes a file's") {
  CHECK(definitionFileName("Nightly load", DefinitionFormat::Json) == "Nightly load.json");
  CHECK(definitionFileName("a/../b", DefinitionFormat::Yaml) == "a_.._b.yml");
  CHECK(definitionFileName("..", DefinitionFormat::Json) == "_...json");
  CHECK(definitionFileName("", DefinitionFormat::Json) == "_.json");
  CHECK(definitionFileName(std::string(119, 'x') + "ü", DefinitionFormat::Json) == std::string(119, 'x') + ".json");
}

TEST_CASE("texts of any kind come back from JSON and YAML as they were") {
  for (const char* text : {"\xC2\x85",
                           "a\xE2\x80\xA8\x62",
                           "\xEF\xBB\xBF",
                           "\x7F",
                           ".inf",
                           ".NaN",
                           "a:\tb",
                           "- x",
                           "?",
                           "--- x",
                           "...",
                           "a\\b",
                           "1_000",
                           "0o17",
                           "key: v",
                           "a #b",
                           "#",
                           "",
                           " ",
                           "\"",
                           "'",
                           "!t",
                           "&a",
                           "x\r",
                           "<<",
                           "=",
                           "@a",
                           "%a",
                           "2026-01-31",
                           "12:30",
                           "null",
                           "~",
                           "a\nb\n",
                           "\t",
                           "[a",
                           "{a",
                           "a]",
                           "a, b",
                           "| x",
                           "> x",
                           "`a`"}) {
    const core::Json definition{{"name", "n"}, {"tags", {{text, text}}}, {"list", {text, {text}}}};
    for (auto format : {DefinitionFormat::Json, DefinitionFormat::Yaml}) {
      const auto written = writeDefinition(definition, format);
      INFO(written);
      const auto read = readDefinition(written);
      REQUIRE(read);
      CHECK(*read->settings == definition);
    }
  }
}

TEST_CASE("each of several jobs gets a file of its own, whatever they are called") {
  const auto namesOf = [](const std::vector<NamedJob>& jobs) {
    auto names = definitionFileNames(jobs, DefinitionFormat::Json);
    std::set<std::string> different;
    for (const auto& name : names) different.insert(core::toLower(name));
    CHECK(different.size() == jobs.size());
    for (const auto& name : names) CHECK(name.size() <= 255);
    return names;
  };
  using Names = std::vector<std::string>;
  CHECK(namesOf({{"load", 1}, {"Load", 2}, {"a/b", 3}, {"a:b", 4}}) ==
        Names{"load.json", "Load 2.json", "a_b.json", "a_b 4.json"});
  // One is called as another would be.
  CHECK(namesOf({{"x", 1}, {"x 3", 2}, {"x", 3}}) == Names{"x.json", "x 3.json", "x 3_.json"});
  CHECK(namesOf({{"x", 1}, {"x", 3}, {"x 3", 2}}) == Names{"x.json", "x 3_.json", "x 3.json"});
  // Only the ends of long names differ.
  const std::string name(200, 'n');
  namesOf({{name + "1", 1}, {name + "2", 2}, {name + "3", 3}});
}

}  // namespace trowel::features
