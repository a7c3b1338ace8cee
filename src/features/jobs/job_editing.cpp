// SPDX-License-Identifier: Apache-2.0
// Definitions of jobs: to an editor, to a folder, and back.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "features/transfers/sync_folder.hpp"
#include "job_actions.hpp"
#include "job_node.hpp"
#include "run_words.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

constexpr unsigned kMode = 0644;  // a definition is no secret of this user's; it is meant for a repository
constexpr const char* kNoJob = "This workspace has no job that you may see. Create one first.";

bool any(const databricks::Job&) { return true; }

Result<std::string> textOf(const databricks::Job& job, DefinitionFormat format) {
  if (!job.settings.document)
    return core::fail(ErrorCode::DataLoss, "The workspace sent no settings of this job. Try again.");
  return writeDefinition(cleanDefinition(*job.settings.document), format);
}

}  // namespace

Result<Json> JobActions::editJson(protocol::CommandCall& call) { return edit(call, DefinitionFormat::Json); }
Result<Json> JobActions::editYaml(protocol::CommandCall& call) { return edit(call, DefinitionFormat::Yaml); }

Result<Json> JobActions::edit(protocol::CommandCall& call, DefinitionFormat format) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto id = TROWEL_TRY(job(action, {.title = "Edit Job", .placeholder = "Choose a job", .none = kNoJob}, any));
  auto connection = TROWEL_TRY(action.connection());
  auto found = TROWEL_TRY(databricks::Jobs(connection->rest).get(id, {.cancel = action.cancel()}));
  auto text = TROWEL_TRY(textOf(found, format));
  TROWEL_TRY(action.draft(format == DefinitionFormat::Json ? "json" : "yaml", std::move(text)));
  return Json();
}

Result<Json> JobActions::save(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto ids =
      TROWEL_TRY(jobs(action, {.title = "Save Job's Definition", .placeholder = "Choose jobs", .none = kNoJob}, any));
  std::vector<protocol::PickItem> formats;
  formats.push_back({.id = "json",
                     .label = "JSON",
                     .description = "for the CLI and DatabricksPS",
                     .detail = {},
                     .icon = "json",
                     .picked = {}});
  formats.push_back(
      {.id = "yaml", .label = "YAML", .description = "for reading", .detail = {}, .icon = "file-code", .picked = {}});
  auto chosen = TROWEL_TRY(action.pick({.title = "Save as", .placeholder = "How to write it"}, std::move(formats)));
  const auto format = chosen == "json" ? DefinitionFormat::Json : DefinitionFormat::Yaml;
  auto connection = TROWEL_TRY(action.connection());
  auto folder = TROWEL_TRY(syncFolder(session_, offers_, action.project(), "Jobs"));

  struct File {
    std::string path;
    std::string text;
  };
  std::vector<File> files;
  std::vector<NamedJob> named;
  std::size_t others = 0;  // files that are there with another content
  databricks::Jobs service(connection->rest);
  for (auto id : ids) {
    auto found = TROWEL_TRY(service.get(id, {.cancel = action.cancel()}));
    auto text = TROWEL_TRY(textOf(found, format));
    named.push_back({.name = found.settings.name, .id = id});
    files.push_back({.path = {}, .text = std::move(text)});
  }
  const auto names = definitionFileNames(named, format);
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto& file = files[i];
    file.path = folder + "/" + names[i];
    auto before = os::readFile(file.path, file.text.size() + 1);
    if ((!before && before.error().code != ErrorCode::NotFound) || (before && *before != file.text)) ++others;
  }
  if (others > 0)
    TROWEL_TRY(action.confirm(others == 1
                                  ? "Replace the file that is there with another content?"
                                  : fmt::format("Replace {} files that are there with another content?", others),
                              folder, "Replace"));
  for (const auto& file : files) TROWEL_TRY(os::replaceFile(file.path, file.text, kMode));
  if (files.size() == 1) {
    TROWEL_TRY(action.openFile(core::pathToUri(files.front().path)));
  } else {
    action.tell(fmt::format("{} definitions are in {}.", files.size(), folder));
  }
  return Json();
}

Result<std::optional<std::int64_t>> JobActions::receiver(Action& action, const databricks::Jobs& service,
                                                         const JobDefinition& definition) {
  if (definition.jobId) return definition.jobId;
  auto name = core::stringAt(*definition.settings, "name");
  auto all = TROWEL_TRY(service.list({}, {.cancel = action.cancel()}).all());
  auto same = [&](const databricks::Job& job) { return job.settings.name == name; };
  std::ranges::sort(all, {}, [&](const databricks::Job& job) {
    return std::tuple(!same(job), core::toLower(job.settings.name), job.id);
  });
  // What is meant most often stands first: the job of that name, else a new one.
  protocol::PickItem create{
      .id = "new", .label = "Create a new job", .description = name, .detail = {}, .icon = "add", .picked = {}};
  std::vector<protocol::PickItem> items;
  const bool known = std::ranges::any_of(all, same);
  if (!known) items.push_back(create);
  for (const auto& job : all)
    items.push_back({.id = idOf({.kind = JobNode::Kind::Job, .jobId = job.id}),
                     .label = "Update " + job.settings.name,
                     .description = triggerWords(job.settings.trigger),
                     .detail = fmt::format("Job {}", job.id),
                     .icon = "edit",
                     .picked = {}});
  if (known) items.insert(items.begin() + std::ranges::count_if(all, same), create);
  auto chosen = TROWEL_TRY(
      action.pick({.title = "Send the definition of " + name, .placeholder = "Which job is it?"}, std::move(items)));
  auto node = jobNodeOf(chosen);
  return node ? std::optional(node->jobId) : std::nullopt;
}

Result<Json> JobActions::send(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto text = TROWEL_TRY(action.activeText(
      "Open the definition of a job first: with 'Trowel: Edit Job as JSON', or a file with one. It is what is sent."));
  auto definition = TROWEL_TRY(readDefinition(text));
  auto connection = TROWEL_TRY(action.connection());
  databricks::Jobs service(connection->rest);
  auto id = TROWEL_TRY(receiver(action, service, definition));
  auto name = core::stringAt(*definition.settings, "name");
  if (id) {
    auto before = TROWEL_TRY(service.get(*id, {.cancel = action.cancel()}));
    auto detail = std::string("All of its settings become those in the editor. Runs that are active are not touched.");
    if (before.settings.editMode == "UI_LOCKED")
      detail += " The job is deployed from files, and the next deployment replaces what you send.";
    TROWEL_TRY(action.confirm("Update the job " + before.settings.name + "?", detail, "Update"));
    TROWEL_TRY(service.reset(*id, *definition.settings, {.cancel = action.cancel()}));
    action.tell(name + " is updated.");
  } else {
    id = TROWEL_TRY(service.create(*definition.settings, {.cancel = action.cancel()}));
    action.tell(name + " is created.");
  }
  tree_.changed(protocol::view::kJobs);
  return Json{{"jobId", std::to_string(*id)}};
}

}  // namespace trowel::features
