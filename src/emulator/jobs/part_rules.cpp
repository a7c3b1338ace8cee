// SPDX-License-Identifier: Apache-2.0
// Fields and their types after the request types of Jobs 2.2 and Libraries 2.0 (rest-api.md 9.3, 7.6).
#include "emulator/jobs/part_rules.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "emulator/jobs/field_rules.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

using enum Shape;

constexpr FieldRule kEmail[] = {{"on_start", Texts},
                                {"on_success", Texts},
                                {"on_failure", Texts},
                                {"on_duration_warning_threshold_exceeded", Texts},
                                {"on_streaming_backlog_exceeded", Texts},
                                {"no_alert_for_skipped_runs", Flag}};
constexpr FieldRule kWebhook[] = {{"on_start", Objects},
                                  {"on_success", Objects},
                                  {"on_failure", Objects},
                                  {"on_duration_warning_threshold_exceeded", Objects},
                                  {"on_streaming_backlog_exceeded", Objects}};
constexpr FieldRule kWebhookTarget[] = {{"id", Text, true}};
constexpr FieldRule kNotification[] = {
    {"no_alert_for_skipped_runs", Flag}, {"no_alert_for_canceled_runs", Flag}, {"alert_on_last_attempt", Flag}};
constexpr FieldRule kHealth[] = {{"rules", Objects}};
constexpr FieldRule kHealthRule[] = {
    {"metric", Text, true,
     "RUN_DURATION_SECONDS STREAMING_BACKLOG_BYTES STREAMING_BACKLOG_RECORDS STREAMING_BACKLOG_SECONDS "
     "STREAMING_BACKLOG_FILES"},
    {"op", Text, true, "GREATER_THAN"},
    {"value", Number, true}};
constexpr FieldRule kLibrary[] = {{"jar"},          {"egg"},           {"whl"},         {"requirements"},
                                  {"pypi", Object}, {"maven", Object}, {"cran", Object}};

Reply<void> checkPart(const Json& holder, const char* name, std::span<const FieldRule> rules, const std::string& path) {
  return has(holder, name) ? checkFields(holder[name], rules, path + name + ".") : Reply<void>{};
}

// Each element of an array, which need not be there.
Reply<void> checkEach(const Json& holder, const char* name, std::span<const FieldRule> rules, const std::string& path) {
  const Json& list = core::arrayAt(holder, name);
  for (std::size_t i = 0; i < list.size(); ++i)
    TROWEL_TRY(checkFields(list[i], rules, fmt::format("{}{}[{}].", path, name, i)));
  return {};
}

Reply<void> checkLibraries(const Json& holder, const std::string& path) {
  TROWEL_TRY(checkEach(holder, "libraries", kLibrary, path));
  for (const auto& library : core::arrayAt(holder, "libraries")) {
    int kinds = 0;
    for (const auto& rule : kLibrary) kinds += has(library, rule.name) ? 1 : 0;
    if (kinds != 1)
      return invalidParameter(
          path + "libraries: each must have exactly one of jar, egg, whl, requirements, pypi, maven and cran.");
  }
  return {};
}

}  // namespace

Reply<void> checkCommonParts(const Json& holder, const std::string& path) {
  TROWEL_TRY(checkPart(holder, "email_notifications", kEmail, path));
  TROWEL_TRY(checkPart(holder, "webhook_notifications", kWebhook, path));
  for (const auto& rule : kWebhook)
    TROWEL_TRY(checkEach(core::objectAt(holder, "webhook_notifications"), std::string(rule.name).c_str(),
                         kWebhookTarget, path + "webhook_notifications."));
  TROWEL_TRY(checkPart(holder, "notification_settings", kNotification, path));
  TROWEL_TRY(checkPart(holder, "health", kHealth, path));
  TROWEL_TRY(checkEach(core::objectAt(holder, "health"), "rules", kHealthRule, path + "health."));
  return checkLibraries(holder, path);
}

}  // namespace trowel::emulator
