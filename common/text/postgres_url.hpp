// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace trunkline {

// What is wrong with the user, password or host part of a Postgres URL; empty if nothing, or if
// the text is no URL. libpq finds the same later, but its errors repeat pieces of the password.
std::string check_postgres_url(std::string_view text);

}  // namespace trunkline
