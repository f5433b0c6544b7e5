// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace trunkline {

// Checks a PostgreSQL URL or key=value list. Returns the error, or an empty string if there is
// none. libpq would find the same errors later, but its messages quote parts of the password.
std::string check_postgres_url(std::string_view text);

}  // namespace trunkline
