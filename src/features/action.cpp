// SPDX-License-Identifier: Apache-2.0
#include "action.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Result;

constexpr std::size_t kMaxReasons = 3;  // of failures in one message

std::unexpected<core::Error> dismissed() { return core::fail(ErrorCode::Cancelled, "Nothing was chosen."); }

}  // namespace

Result<Action> Action::of(Session& session, protocol::CommandCall& call) {
  auto project = TROWEL_TRY(session.project(call.folder));
  return Action(session, std::move(project), call.targets, call.context);
}

std::vector<std::string> Action::rows(std::string_view view) const {
  std::vector<std::string> ids;
  for (const auto& target : targets_)
    if (target.view == view && target.node && !target.node->ends_with("#failure")) ids.push_back(*target.node);
  return ids;
}

Result<std::string> Action::row(std::string_view view, const Question& question, const Offer& offer) {
  if (auto given = rows(view); !given.empty()) return std::move(given.front());
  auto items = TROWEL_TRY(offer());
  return pick(question, std::move(items));
}

Result<std::vector<std::string>> Action::someRows(std::string_view view, const Question& question, const Offer& offer) {
  if (auto given = rows(view); !given.empty()) return given;
  auto items = TROWEL_TRY(offer());
  return pickSome(question, std::move(items));
}

Result<std::string> Action::pick(const Question& question, std::vector<protocol::PickItem> items) {
  if (items.empty() && !question.none.empty()) return core::fail(ErrorCode::Conflict, question.none);
  auto chosen = TROWEL_TRY(editor().uiPick(
      {.title = question.title, .placeholder = question.placeholder, .many = {}, .items = std::move(items)}, cancel()));
  if (!chosen.ids || chosen.ids->empty()) return dismissed();
  return std::move(chosen.ids->front());
}

Result<std::vector<std::string>> Action::pickSome(const Question& question, std::vector<protocol::PickItem> items) {
  if (items.empty() && !question.none.empty()) return core::fail(ErrorCode::Conflict, question.none);
  auto chosen = TROWEL_TRY(editor().uiPick(
      {.title = question.title, .placeholder = question.placeholder, .many = true, .items = std::move(items)},
      cancel()));
  if (!chosen.ids || chosen.ids->empty()) return dismissed();
  return *std::move(chosen.ids);
}

Result<std::string> Action::line(protocol::InputParams ask,
                                 const std::function<std::string(const std::string&)>& check) {
  auto text = TROWEL_TRY(
      anyLine(std::move(ask), [&](const std::string& given) { return given.empty() || !check ? "" : check(given); }));
  if (text.empty()) return dismissed();
  return text;
}

Result<std::string> Action::anyLine(protocol::InputParams ask,
                                    const std::function<std::string(const std::string&)>& check) {
  while (true) {
    auto answer = TROWEL_TRY(editor().uiInput(ask, cancel()));
    if (!answer.value) return dismissed();
    auto text = std::string(core::trim(*answer.value));
    auto problem = check ? check(text) : std::string();
    if (problem.empty()) return text;
    ask.prompt = problem;
    ask.value = text;
  }
}

Result<core::SecretString> Action::secret(const std::string& title, const std::string& prompt) {
  auto answer = TROWEL_TRY(
      editor().uiInput({.title = title, .prompt = prompt, .placeholder = {}, .value = {}, .masked = true}, cancel()));
  core::SecretString value(answer.value.value_or(""));
  if (answer.value) core::wipe(*answer.value);
  if (value.empty()) return dismissed();
  return value;
}

Result<void> Action::confirm(const std::string& message, const std::string& detail, const std::string& action) {
  auto answer = TROWEL_TRY(editor().uiConfirm({.severity = protocol::Severity::Warning,
                                               .message = message,
                                               .detail = detail,
                                               .modal = true,
                                               .actions = {action}},
                                              cancel()));
  if (answer.action != action) return dismissed();
  return {};
}

void Action::tell(const std::string& message) {
  constexpr int kInfo = 3;  // as window/showMessage counts
  editor().lifecycleShowMessage({kInfo, core::redact(message)});
}

Result<void> Action::copy(const std::string& text) {
  TROWEL_TRY(editor().uiCopy({text}, cancel()));
  return {};
}

Result<void> Action::openUrl(const std::string& url) {
  TROWEL_TRY(editor().uiOpenUrl({.url = url, .callback = {}}, cancel()));
  return {};
}

Result<void> Action::show(std::string title, std::string language, std::string content) {
  protocol::OpenDocumentParams document;
  document.title = std::move(title);
  document.language = std::move(language);
  document.content = std::move(content);
  TROWEL_TRY(editor().uiOpenDocument(document, cancel()));
  return {};
}

Result<void> Action::openFile(const std::string& uri) {
  protocol::OpenDocumentParams document;
  document.uri = uri;
  TROWEL_TRY(editor().uiOpenDocument(document, cancel()));
  return {};
}

Result<void> Action::draft(std::string language, std::string content) {
  protocol::OpenDocumentParams document;
  document.language = std::move(language);
  document.content = std::move(content);
  document.editable = true;
  TROWEL_TRY(editor().uiOpenDocument(document, cancel()));
  return {};
}

Result<std::string> Action::activeText(const std::string& none) {
  auto document = TROWEL_TRY(editor().uiActiveDocument({}, cancel()));
  if (!document.content) return core::fail(ErrorCode::Conflict, none);
  return *std::move(document.content);
}

Result<void> Action::each(std::span<const Item> items, const std::string& doing,
                          const std::function<Result<void>(const Item&)>& act) {
  std::vector<std::pair<std::string, core::Error>> failures;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (cancel().cancelled()) return std::unexpected(cancel().error(doing));
    if (items.size() > 1) report(doing, items[i].name, static_cast<int>(100 * i / items.size()));
    auto done = act(items[i]);
    if (done) continue;
    if (done.error().code == ErrorCode::Cancelled) return done;
    failures.emplace_back(items[i].name, std::move(done).error());
  }
  if (failures.empty()) return {};
  if (items.size() == 1) return std::unexpected(std::move(failures.front().second));
  auto text = fmt::format("{} did not work for {} of {}.", doing, failures.size(), items.size());
  for (std::size_t i = 0; i < std::min(failures.size(), kMaxReasons); ++i)
    text += fmt::format(" {}: {}", failures[i].first, failures[i].second.message);
  if (failures.size() > kMaxReasons) text += fmt::format(" And {} more.", failures.size() - kMaxReasons);
  return core::failBecause(failures.front().second, std::move(text));
}

}  // namespace trowel::features
