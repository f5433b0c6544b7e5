// SPDX-License-Identifier: Apache-2.0
#include "store/pg/prepared_statements.hpp"

#include <pqxx/pqxx>

#include "schema/sql.hpp"

namespace trunkline::store {

copy_statements declare_statements(
    pqxx::connection& connection, const statement_text& override_text
) {
  copy_statements copies;
  for (const auto& query : sql::queries()) {
    auto text = override_text ? override_text(query.name) : std::string();
    if (text.empty()) text = query.text;
    if (query.name.starts_with("copy_"))
      copies[std::string(query.name)] = text;
    else
      connection.prepare(std::string(query.name), text);
  }
  return copies;
}

}  // namespace trunkline::store
