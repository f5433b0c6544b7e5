# SPDX-License-Identifier: Apache-2.0
# Writes OUTPUT, a C++ source with three tables of (name, text), each sorted by name, from
# SOURCE_DIR/migrations/*.sql, SOURCE_DIR/queries/*.sql and SOURCE_DIR/queries/admin/**/*.sql.
# Names are described in schema/sql.hpp. The comment at the top of a query is left out, and so is the
# line feed at its end; a migration is embedded byte for byte, because its checksum is stored.
# The C++ standard guarantees 64 KiB for a string literal; every file is far below that.
function(table name root pattern recurse)
  file(${recurse} files LIST_DIRECTORIES false RELATIVE ${root} ${root}/${pattern})
  list(SORT files)
  string(APPEND text "std::span<const statement> ${name}() {\n  static const statement all[] = {\n")
  foreach(file ${files})
    file(READ ${root}/${file} body)
    if(NOT name STREQUAL migrations)
      string(REGEX REPLACE "^(--[^\n]*\n)+" "" body "${body}")
      string(REGEX REPLACE "\n$" "" body "${body}")
    endif()
    string(REGEX REPLACE "\\.sql$" "" file ${file})
    string(APPEND text "    {\"${file}\", R\"trunkline(${body})trunkline\"},\n")
  endforeach()
  string(APPEND text "    {},\n  };\n  return {all, std::size(all) - 1};\n}\n")
  set(text "${text}" PARENT_SCOPE)
endfunction()

set(text "// Generated from schema/*.sql: do not edit.\n#include \"schema/sql.hpp\"\nnamespace trunkline::sql {\n")
table(migrations ${SOURCE_DIR}/migrations *.sql GLOB)
table(queries ${SOURCE_DIR}/queries *.sql GLOB)
table(admin_queries ${SOURCE_DIR}/queries admin/*.sql GLOB_RECURSE)
string(APPEND text "}  // namespace trunkline::sql\n")
file(WRITE ${OUTPUT} "${text}")
