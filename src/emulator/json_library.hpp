// SPDX-License-Identifier: Apache-2.0
// The precompiled part of this room and of its tests: nearly every file works with JSON, and the library's templates
// are compiled once (json_library.cpp) instead of in each. It halves the time of a build.
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

extern template class nlohmann::basic_json<>;
