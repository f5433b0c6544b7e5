-- SPDX-License-Identifier: Apache-2.0
-- Condition: the id {id} is one that has no index.
(e.activity_id = {id} or e.delivery_id = {id} or e.entry_id = {id} or e.provider_delivery_id = {id})
