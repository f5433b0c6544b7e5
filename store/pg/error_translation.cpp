// SPDX-License-Identifier: Apache-2.0
#include "store/pg/error_translation.hpp"

#include <pqxx/pqxx>
#include <stdexcept>
#include <string_view>

namespace trunkline::store {
namespace {

// Returns the first line without "ERROR:  ", because DETAIL, HINT and CONTEXT quote row data and
// statements. The text of RAISE in a trigger or function may contain the row as well, so for these
// only the position is returned.
std::string primary_message(const char* what) {
  const std::string_view all(what), label = "\nCONTEXT:  ";
  // The last CONTEXT, because a row in DETAIL may contain any text.
  if (const auto found = all.rfind(label); found != std::string_view::npos) {
    const auto context = all.substr(found + label.size());
    const auto first = context.substr(0, context.find('\n'));
    if (first.ends_with(" at RAISE"))
      return "raised by " + std::string(first.substr(0, first.size() - 9));
  }
  std::string_view text = all.substr(0, all.find('\n'));
  for (const std::string_view severity : {"ERROR:  ", "FATAL:  ", "PANIC:  "}) {
    if (text.starts_with(severity)) text.remove_prefix(severity.size());
  }
  return std::string(text);
}

// Masks the values that data errors quote: 'invalid input syntax for type json: "..."', 'value
// "..." is out of range'. The text of an error of a routine is not used at all.
std::string safe_message(const std::string& sqlstate, const char* what) {
  auto message = primary_message(what);
  if (message.starts_with("raised by ")) return message;
  for (const char* of_routines : {"38", "39", "P0"})
    if (sqlstate.starts_with(of_routines)) return "raised by a routine";
  if (!sqlstate.starts_with("22")) return message;
  const auto open = message.find('"'), end = message.rfind('"');
  if (open != end) message.replace(open + 1, end - open - 1, "***");
  return message;
}

template <class Exception>
bool is(const pqxx::sql_error& error) {
  return dynamic_cast<const Exception*>(&error) != nullptr;
}

// libpqxx 6 does not report the SQLSTATE of errors that have their own class.
std::string sqlstate_of(const pqxx::sql_error& error) {
  if (!error.sqlstate().empty()) return error.sqlstate();
  if (is<pqxx::insufficient_privilege>(error)) return "42501";
  if (is<pqxx::undefined_table>(error)) return "42P01";
  if (is<pqxx::undefined_column>(error)) return "42703";
  if (is<pqxx::undefined_function>(error)) return "42883";
  if (is<pqxx::syntax_error>(error)) return "42601";
  if (is<pqxx::not_null_violation>(error)) return "23502";
  if (is<pqxx::foreign_key_violation>(error)) return "23503";
  if (is<pqxx::unique_violation>(error)) return "23505";
  if (is<pqxx::check_violation>(error)) return "23514";
  if (is<pqxx::integrity_constraint_violation>(error)) return "23000";
  if (is<pqxx::data_exception>(error)) return "22000";
  if (is<pqxx::disk_full>(error)) return "53100";
  if (is<pqxx::out_of_memory>(error)) return "53200";
  if (is<pqxx::insufficient_resources>(error)) return "53000";
  if (is<pqxx::feature_not_supported>(error)) return "0A000";
  return "";
}

}  // namespace

bool ends_the_connection(const std::string& sqlstate) {
  return sqlstate.empty() || sqlstate.starts_with("08") || sqlstate.starts_with("57P") ||
         sqlstate.starts_with("25P03") || sqlstate.starts_with("XX") || sqlstate.starts_with("58");
}

store_error translate_exception() {
  try {
    throw;
  } catch (const pqxx::in_doubt_error& error) {
    return {store_error_kind::in_doubt, "", primary_message(error.what())};
  } catch (const pqxx::broken_connection& error) {
    return {store_error_kind::lost, "", primary_message(error.what())};
  } catch (const pqxx::deadlock_detected& error) {
    return {store_error_kind::sql, "40P01", primary_message(error.what())};
  } catch (const pqxx::serialization_failure& error) {
    return {store_error_kind::sql, "40001", primary_message(error.what())};
  } catch (const pqxx::statement_completion_unknown& error) {
    return {store_error_kind::lost, "40003", primary_message(error.what())};
  } catch (const pqxx::transaction_rollback& error) {
    return {store_error_kind::sql, "40000", primary_message(error.what())};
  } catch (const pqxx::sql_error& error) {
    const auto sqlstate = sqlstate_of(error);
    return {store_error_kind::sql, sqlstate, safe_message(sqlstate, error.what())};
  } catch (const pqxx::failure& error) {
    return {store_error_kind::lost, "", primary_message(error.what())};
  } catch (const std::exception& error) {
    return {store_error_kind::sql, "", primary_message(error.what())};
  }
}

void throw_exception_from_error(const store_error& error, const boost::source_location&) {
  throw std::runtime_error(error.message);
}

}  // namespace trunkline::store
