// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <map>
#include <pqxx/connection>
#include <string>
#include <string_view>

namespace trunkline::store {

// Returns another text for a named statement, or "" to keep it.
using statement_text = std::function<std::string(std::string_view name)>;

// Statements that cannot be prepared, by name.
using copy_statements = std::map<std::string, std::string, std::less<>>;

// Declares all statements of schema/queries/ for a connection, which prepares each at its first
// use. Returns those whose names begin with "copy_": COPY cannot be prepared.
copy_statements declare_statements(pqxx::connection&, const statement_text& override_text);

}  // namespace trunkline::store
