// SPDX-License-Identifier: Apache-2.0
#include "emulator/sql/saved_queries.hpp"

#include <nlohmann/json.hpp>

#include "emulator/server/fields.hpp"
#include "emulator/state/ids.hpp"
#include "emulator/state/timestamps.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

using enum FieldType;
using enum FieldUse;

constexpr Field kQueryFields[] = {
    {"display_name", Text, Required},
    {"query_text"},
    {"warehouse_id"},
    {"description"},
    {"catalog"},
    {"schema"},
    {"owner_user_name"},
    {"parent_path", Text, Fixed},
    {"apply_auto_limit", Flag},
    {"run_as_mode"},
    {"parameters", List},
    {"tags", List},
};
constexpr Field kAlertFields[] = {
    {"display_name", Text, Required},
    {"query_id", Text, Required},
    {"condition", Object},
    {"custom_subject"},
    {"custom_body"},
    {"owner_user_name"},
    {"parent_path", Text, Fixed},
    {"notify_on_ok", Flag},
    {"seconds_to_retrigger", Number},
};
constexpr Field kAlertV2Fields[] = {
    {"display_name", Text, Required}, {"query_text", Text, Required}, {"warehouse_id", Text, Required},
    {"evaluation", Object, Required}, {"schedule", Object, Required}, {"custom_summary"},
    {"custom_description"},           {"parent_path", Text, Fixed},   {"run_as", Object},
};

struct Traits {
  const char* document;
  const char* word;
  std::span<const Field> fields;
};
constexpr Traits kTraits[] = {{"sql.query", "Query", kQueryFields},
                              {"sql.alert", "Alert", kAlertFields},
                              {"sql.alertv2", "Alert", kAlertV2Fields}};

const Traits& traitsOf(SavedKind kind) { return kTraits[static_cast<std::size_t>(kind)]; }

bool isTrashed(const Json& object) { return core::stringAt(object, "lifecycle_state") == "TRASHED"; }

std::unexpected<ApiError> notFound(SavedKind kind, const std::string& id) {
  return doesNotExist(std::string(traitsOf(kind).word) + " " + core::toValidUtf8(id) + " does not exist.");
}

}  // namespace

SavedQueries::SavedQueries(World& world)
    : world_(world),
      documents_{Documents(world.state, kTraits[0].document), Documents(world.state, kTraits[1].document),
                 Documents(world.state, kTraits[2].document)} {}

std::vector<Json> SavedQueries::all(SavedKind kind) {
  std::vector<Json> found;
  for (auto& [id, object] : documents(kind).all())
    if (!isTrashed(object)) found.push_back(std::move(object));
  return found;
}

Reply<Json> SavedQueries::get(SavedKind kind, const std::string& id) {
  auto object = documents(kind).find(id);
  if (!object) return notFound(kind, id);
  return *std::move(object);
}

Reply<Json> SavedQueries::create(SavedKind kind, const Json& given, const User& user) {
  Json object = TROWEL_TRY(readNew(given, traitsOf(kind).fields));
  std::string id = randomUuid();
  std::string now = toIsoTime(world_.now());
  object.update({{"id", id}, {"lifecycle_state", "ACTIVE"}, {"create_time", now}, {"update_time", now}});
  if (!object.contains("owner_user_name")) object["owner_user_name"] = user.name;
  if (kind == SavedKind::Query) object["last_modifier_user_name"] = user.name;
  if (kind == SavedKind::Alert) object["state"] = "UNKNOWN";
  if (kind == SavedKind::AlertV2) object["run_as_user_name"] = user.name;
  documents(kind).put(id, object);
  return object;
}

Reply<Json> SavedQueries::change(SavedKind kind, const std::string& id, const Json& given, const User& user) {
  Json changes = TROWEL_TRY(readChanges(given, traitsOf(kind).fields));
  Json answer;
  TROWEL_TRY(documents(kind).change(id, [&](Json& object) -> Reply<void> {
    if (object.is_null()) return notFound(kind, id);
    object.update(changes);
    object["update_time"] = toIsoTime(world_.now());
    if (kind == SavedKind::Query) object["last_modifier_user_name"] = user.name;
    answer = object;
    return {};
  }));
  return answer;
}

Reply<void> SavedQueries::trash(SavedKind kind, const std::string& id) {
  return documents(kind).change(id, [&](Json& object) -> Reply<void> {
    if (object.is_null()) return notFound(kind, id);
    object["lifecycle_state"] = "TRASHED";
    return {};
  });
}

}  // namespace trowel::emulator
