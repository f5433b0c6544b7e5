# SPDX-License-Identifier: Apache-2.0
# Usage: cmake -DNM=nm -DARCHIVE=libtrunkline_admin.a -P check_symbols.cmake
# Fails if admin refers to CLI11 or to anything that prints.
execute_process(COMMAND ${NM} -C ${ARCHIVE} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
# CLI11 is header-only: an archive that uses it defines its symbols.
set(forbidden "__v?f?printf_chk|v?f?printf|f?puts|f?putc|putchar|fwrite|perror|stdout|stderr|std::(cout|cerr|clog).*")
string(REGEX MATCHALL " U (${forbidden})\n" found "${symbols}")
string(REGEX MATCHALL " [A-Za-z] [^\n]*CLI::[^\n]*\n" cli11 "${symbols}")
list(APPEND found ${cli11})
if(found)
  message(FATAL_ERROR "${ARCHIVE} refers to${found}")
endif()
