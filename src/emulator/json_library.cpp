// SPDX-License-Identifier: Apache-2.0
#include "emulator/json_library.hpp"

template class nlohmann::basic_json<>;
