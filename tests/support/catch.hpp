// SPDX-License-Identifier: Apache-2.0
// The one way to Catch2, whose version 2 (Debian 12) and 3 have different headers.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
