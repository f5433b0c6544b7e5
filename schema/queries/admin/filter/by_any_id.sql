-- SPDX-License-Identifier: Apache-2.0
-- Condition: the id {id} is that of an activity, an event, a delivery, a stream entry (also of a copy) or the row.
(e.activity_id = {id} or e.event_id = {id} or e.delivery_id = {id} or e.entry_id = {id}
   or e.provider_delivery_id = {id} or e.id::text = {id}
   or e.event_key in (select event_key from event_copies where entry_id = {id}))
