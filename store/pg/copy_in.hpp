// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace pqxx {
class dbtransaction;
}

namespace trunkline::store {

// Executes a COPY ... FROM STDIN with all of its data. Uses libpq, because libpqxx 6 supports text
// format only, but throws the exceptions of libpqxx. Returns false if a unique key exists already.
bool copy_in(const pqxx::dbtransaction&, const std::string& statement, std::string_view data);

}  // namespace trunkline::store
