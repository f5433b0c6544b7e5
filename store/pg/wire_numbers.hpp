// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <boost/endian/conversion.hpp>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

// Numbers and times in the binary formats of PostgreSQL.
namespace trunkline::store {

template <class T>
void append(std::string& to, T number) {
  char bytes[sizeof number];
  boost::endian::native_to_big_inplace(number);
  std::memcpy(bytes, &number, sizeof number);
  to.append(bytes, sizeof bytes);
}

// Converts microseconds since 1970 into those of PostgreSQL, which start in 2000. A time outside
// PostgreSQL's range stays outside it.
inline std::int64_t since_2000(std::int64_t microseconds) {
  constexpr std::int64_t epoch_2000 = 946'684'800'000'000;
  return std::max(microseconds, std::numeric_limits<std::int64_t>::min() + epoch_2000 + 1) -
         epoch_2000;
}

}  // namespace trunkline::store
