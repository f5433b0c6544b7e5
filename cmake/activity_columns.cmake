# SPDX-License-Identifier: Apache-2.0
# Reads SOURCE_DIR/activity_columns.txt and writes
#   OUTPUT_DIR/merge_activities.sql   from SOURCE_DIR/queries/merge_activities.sql.in
#   OUTPUT_DIR/activity_columns.hpp   the same columns, in the same order, for store/merge/activity_rows.cpp
file(STRINGS ${SOURCE_DIR}/activity_columns.txt lines REGEX "^[a-z]")

# Appends ITEM to the variable LIST, after SEPARATOR unless it is the first.
function(append_item list separator item)
  if(NOT "${${list}}" STREQUAL "")
    set(item "${${list}}${separator}${item}")
  endif()
  set(${list} "${item}" PARENT_SCOPE)
endfunction()

# Columns that share a time are compared as one tuple: first collect "table.column" of each of them.
foreach(line ${lines})
  string(REGEX MATCH "^([a-z_]+) +([a-z]+) +([a-z]+) *([a-z_]*)" ok "${line}")
  if(NOT ok)
    message(FATAL_ERROR "schema/activity_columns.txt: cannot read \"${line}\"")
  endif()
  if(CMAKE_MATCH_2 STREQUAL newest)
    set(compared "")
    if(CMAKE_MATCH_3 STREQUAL jsonb)
      set(compared "::text collate \"C\"") # jsonb's own order calls 5 and 5.0 equal
    endif()
    string(APPEND new_${CMAKE_MATCH_4} ", excluded.${CMAKE_MATCH_1}${compared}")
    string(APPEND old_${CMAKE_MATCH_4} ", a.${CMAKE_MATCH_1}${compared}")
    set(last_${CMAKE_MATCH_4} ${CMAKE_MATCH_1})
  endif()
endforeach()
set(status_is_newer "coalesce((excluded.status_level, excluded.status_at, excluded.status_rank, excluded.status_r)
               > (a.status_level, a.status_at, a.status_rank, a.status_r), excluded.status_level is not null)")

set(number 0)
foreach(line ${lines})
  string(REGEX MATCH "^([a-z_]+) +([a-z]+) +([a-z]+) *([a-z_]*)" ok "${line}")
  set(column ${CMAKE_MATCH_1})
  set(join ${CMAKE_MATCH_2})
  set(type ${CMAKE_MATCH_3})
  set(at "${CMAKE_MATCH_4}")
  set(old a.${column})
  set(new excluded.${column})
  set(value ${column})
  if(type STREQUAL list)
    set(type text)
    set(value "case when starts_with(${column}, '{') then ${column}::text[] else string_to_array(${column}, '|') end")
  endif()
  math(EXPR number "${number} + 1")
  append_item(parameters ",\n                       " "unnest($${number}::${type}[]) as ${column}")
  if(join STREQUAL initial)
    append_item(assignment_columns " \\\n  " "X(${column}, ${type})")
  else()
    append_item(fact_columns " \\\n  " "X(${column}, ${type})")
  endif()
  if(join STREQUAL stamp)
    continue()
  endif()
  append_item(inserted ", " "${column}")
  append_item(values ",\n       " "${value}")

  set(assigned "")
  set(newer "")
  if(join STREQUAL greatest)
    set(assigned "greatest(${old}, ${new})")
    set(newer "coalesce(${new} > ${old}, ${new} is not null)")
  elseif(join STREQUAL least)
    set(assigned "least(${old}, ${new})")
    set(newer "coalesce(${new} < ${old}, ${new} is not null)")
  elseif(join STREQUAL union)
    set(assigned "case when ${new} is null or ${new} <@ ${old} then ${old}
      when ${old} is null then ${new} else tl_union(${old}, ${new}) end")
    set(newer "coalesce(not ${new} <@ ${old}, ${new} is not null)")
  elseif(join STREQUAL newest)
    set(is_newer "coalesce((excluded.${at}${new_${at}}) > (a.${at}${old_${at}}), excluded.${at} is not null)")
    set(assigned "case when ${is_newer}\n      then ${new} else ${old} end")
    if(last_${at} STREQUAL column)
      set(newer "${is_newer}")
    endif()
  elseif(join STREQUAL status)
    set(assigned "case when ${status_is_newer}\n      then ${new} else ${old} end")
  elseif(NOT join MATCHES "^(key|initial)$")
    message(FATAL_ERROR "schema/activity_columns.txt: no join \"${join}\"")
  endif()
  if(assigned)
    string(APPEND assignments "    ${column} = ${assigned},\n")
  endif()

  # The time follows the last of its columns; that of the status follows its level.
  if(join STREQUAL newest)
    if(NOT DEFINED first_${at})
      set(first_${at} ${column})
    endif()
    if(last_${at} STREQUAL column)
      append_item(inserted ", " "${at}")
      append_item(values ", " "case when ${first_${at}} is not null then stamp_at end")
      string(APPEND assignments "    ${at} = greatest(a.${at}, excluded.${at}),\n")
    endif()
  elseif(column STREQUAL status_level)
    append_item(inserted ", " "${at}")
    append_item(values ", " "case when status_r is not null then stamp_at end")
    string(APPEND assignments
           "    ${at} = case when ${status_is_newer}\n      then excluded.${at} else a.${at} end,\n")
    set(newer "${status_is_newer}")
  endif()
  if(newer)
    append_item(conditions "\n    or " "${newer}")
  endif()
endforeach()

configure_file(${SOURCE_DIR}/queries/merge_activities.sql.in ${OUTPUT_DIR}/merge_activities.sql @ONLY)
file(WRITE ${OUTPUT_DIR}/activity_columns.hpp "// Generated from schema/activity_columns.txt: do not edit.
#pragma once
// X(column, type of its parameter), in the order of the parameters of merge_activities.sql: first the members of
// parse::activity_facts, then those of a row's assignment.
#define TRUNKLINE_ACTIVITY_FACTS(X) \\
  ${fact_columns}
#define TRUNKLINE_ACTIVITY_ASSIGNMENT(X) \\
  ${assignment_columns}
")
