# SPDX-License-Identifier: Apache-2.0
# Usage: cmake -DNM=nm -DARCHIVE=libtrunkline_admin.a -P check_symbols.cmake
# Fails if admin refers to CLI11 or to anything that prints.
execute_process(COMMAND ${NM} -C --undefined-only ${ARCHIVE} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
set(forbidden "CLI::.*|__v?f?printf_chk|v?f?printf|f?puts|f?putc|putchar|fwrite|perror|stdout|stderr|std::(cout|cerr|clog).*")
string(REGEX MATCHALL " U (${forbidden})\n" found "${symbols}")
if(found)
  message(FATAL_ERROR "${ARCHIVE} refers to${found}")
endif()
