# SPDX-License-Identifier: Apache-2.0
# Writes OUTPUT: two sorted tables of (name, text) from SOURCE_DIR/migrations and SOURCE_DIR/queries.
# A raw string literal holds at most 64 KiB by the standard's minimum; our files are far below it.
set(text "// Generated from schema/*.sql: do not edit.\n#include \"schema/sql.hpp\"\nnamespace trunkline::sql {\n")
foreach(kind migrations queries)
  file(GLOB files ${SOURCE_DIR}/${kind}/*.sql)
  list(SORT files)
  string(APPEND text "std::span<const statement> ${kind}() {\n  static const statement all[] = {\n")
  foreach(file ${files})
    get_filename_component(name ${file} NAME_WE)
    file(READ ${file} body)
    string(APPEND text "    {\"${name}\", R\"trunkline(${body})trunkline\"},\n")
  endforeach()
  string(APPEND text "    {},\n  };\n  return {all, std::size(all) - 1};\n}\n")
endforeach()
string(APPEND text "}  // namespace trunkline::sql\n")
file(WRITE ${OUTPUT} "${text}")
