-- SPDX-License-Identifier: Apache-2.0
-- Condition: the event belongs to the conversation {conversation} (id of the provider, party key or id of the row).
-- An event that was never applied has no activity, or an incomplete one: its payload is searched.
(e.activity_id in (select openphone_id from activities where conversation_id in
     (select id from conversations
       where openphone_id = {conversation}::text or party_key = {conversation}::text or id::text = {conversation}::text))
   or (e.state not in ('processed', 'ignored')
      and (strpos(e.payload::text, {conversation}::text) > 0 or position(convert_to({conversation}::text, 'UTF8') in e.raw) > 0)))
