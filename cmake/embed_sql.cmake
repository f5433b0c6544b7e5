# SPDX-License-Identifier: Apache-2.0
# Writes OUTPUT, a C++ source with three tables of (name, text), each sorted by name, from
#   SOURCE_DIR/migrations/*.sql
#   SOURCE_DIR/queries/*.sql and GENERATED_DIR/*.sql
#   SOURCE_DIR/queries/admin/**/*.sql
# Names are described in schema/sql.hpp. The comment at the top of a query is left out, and so is the
# line feed at its end; a migration is embedded byte for byte, because its checksum is stored.
# The C++ standard guarantees 64 KiB for a string literal; every file is far below that.

# table(function pattern folder...): a table of the files that match in any of the folders.
function(table function pattern)
  set(names "")
  foreach(folder ${ARGN})
    file(GLOB_RECURSE files LIST_DIRECTORIES false RELATIVE ${folder} ${folder}/${pattern})
    if(function STREQUAL queries)
      list(FILTER files EXCLUDE REGEX "/")
    endif()
    foreach(file ${files})
      set(path_${file} ${folder}/${file})
    endforeach()
    list(APPEND names ${files})
  endforeach()
  list(SORT names)
  string(APPEND text "std::span<const statement> ${function}() {\n  static const statement all[] = {\n")
  foreach(name ${names})
    file(READ ${path_${name}} body)
    if(NOT function STREQUAL migrations)
      string(REGEX REPLACE "^(--[^\n]*\n)+" "" body "${body}")
      string(REGEX REPLACE "\n$" "" body "${body}")
    endif()
    string(REGEX REPLACE "\\.sql$" "" name ${name})
    string(APPEND text "    {\"${name}\", R\"trunkline(${body})trunkline\"},\n")
  endforeach()
  string(APPEND text "    {},\n  };\n  return {all, std::size(all) - 1};\n}\n")
  set(text "${text}" PARENT_SCOPE)
endfunction()

set(text "// Generated from schema/*.sql: do not edit.\n#include \"schema/sql.hpp\"\nnamespace trunkline::sql {\n")
table(migrations *.sql ${SOURCE_DIR}/migrations)
table(queries *.sql ${SOURCE_DIR}/queries ${GENERATED_DIR})
table(admin_queries admin/*.sql ${SOURCE_DIR}/queries)
string(APPEND text "}  // namespace trunkline::sql\n")
file(WRITE ${OUTPUT} "${text}")
