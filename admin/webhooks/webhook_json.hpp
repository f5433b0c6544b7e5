// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "common/json/json_object.hpp"
#include "openphone/models.hpp"

namespace trunkline::admin {

// Returns the webhook without its signing key.
json_object to_json(const openphone::webhook&);
// Returns docs/json/webhooks-list.json.
std::string as_json(const std::vector<openphone::webhook>&);

}  // namespace trunkline::admin
