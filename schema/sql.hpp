// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <initializer_list>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

// The SQL of this repository, compiled in.
//
//   schema/migrations/0001_initial.sql         migrations()     "0001_initial"
//   schema/queries/insert_events.sql           queries()        "insert_events"
//   schema/queries/admin/list_events.sql       admin_queries()  "admin/list_events"
//   schema/queries/admin/filter/by_phone.sql   admin_queries()  "admin/filter/by_phone"
//
// The comment at the top of a query file and its last line feed are not part of the text.
namespace trunkline::sql {

struct statement {
  std::string_view name;
  std::string_view text;
};

// Each is sorted by name and valid for the life of the program. The worker's session prepares all
// of queries(); admin_queries() holds whole statements and fragments of statements.
std::span<const statement> migrations();
std::span<const statement> queries();
std::span<const statement> admin_queries();

// Returns the text of a query. A name without a file is a programming error: the program prints the
// name and aborts.
std::string_view query(std::string_view name);

// What replaces one placeholder.
struct fragment {
  std::string_view placeholder;  // without its braces
  std::string_view text;
};

// Returns the text of a query with each {placeholder} replaced by the text of that fragment. Any
// SQL may replace a placeholder: the text of a fragment file, several of them joined, a parameter
// "$3". Values never become part of a statement; they are its parameters.
//
//   list_events.sql:       select e.id from webhook_events e where {filter} limit $1
//   filter/by_phone.sql:   e.activity_id in (select ... where phone = {phone})
//
//   const auto filter = sql::compose("admin/filter/by_phone", {{"phone", "$2"}});
//   db.query(sql::compose("admin/list_events", {{"filter", filter}}), {limit, phone});
//
// A placeholder is one word of a-z and _ in braces. One without its fragment, or a fragment without
// its placeholder, is a programming error: the program prints both names and aborts.
std::string compose(std::string_view name, std::initializer_list<fragment> fragments);

}  // namespace trunkline::sql
