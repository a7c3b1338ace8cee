// SPDX-License-Identifier: Apache-2.0
// The connection that a project's own files describe: a bundle with the official extension's choices, or the latter's
// older project.json. Pure.
#pragma once

#include <optional>

#include "connection/sources/offer_parts.hpp"

namespace trowel::connection {

// Nothing where the folder holds neither. The target is the one that is asked for, else DATABRICKS_BUNDLE_TARGET, else
// the one with `default: true`, else the only one. The official extension's overrides come before the bundle.
std::optional<Offer> projectOffer(const SourceInputs& inputs, const SyncFields& defaults);

}  // namespace trowel::connection
