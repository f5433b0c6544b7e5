// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <pqxx/result>

#include "store/pg/rows.hpp"

namespace trunkline::store {

struct rows::impl {
  pqxx::result result;
};

}  // namespace trunkline::store
