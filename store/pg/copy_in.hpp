// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace pqxx {
class dbtransaction;
}

namespace trunkline::store {

// A COPY ... FROM STDIN with all its data. libpqxx 6 copies text alone, so this is libpq; errors
// are pqxx's exceptions nevertheless. False: a unique key is there already.
bool copy_in(const pqxx::dbtransaction&, const std::string& statement, std::string_view data);

}  // namespace trunkline::store
