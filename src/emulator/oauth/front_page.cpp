// SPDX-License-Identifier: Apache-2.0
#include "emulator/oauth/front_page.hpp"

namespace trowel::emulator {

namespace {

constexpr const char* kPage =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sign in</title></head><body>"
    "<h1>Trowel emulator</h1><p>A local Databricks workspace. Programs reach it with a token, or sign in through "
    "<code>/oidc/v1/authorize</code>.</p></body></html>\n";

}  // namespace

void addFrontPage(Router& router) {
  for (const char* path : {"/", "/login.html"})
    router.add("GET", path, [](const Call&) -> Reply<Response> {
      return Response{.body = kPage, .contentType = "text/html; charset=utf-8"};
    });
}

}  // namespace trowel::emulator
