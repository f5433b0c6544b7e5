-- SPDX-License-Identifier: Apache-2.0
-- Deletes the conversation with the id $1 or the parties $2, unless it has activities.
with deleted as (
  delete from conversations c
  where (c.openphone_id = $1 or c.party_key = $2)
    and not exists (select from activities a where a.conversation_id = c.id)
  returning c.id
)
delete from conversation_links l using deleted where l.conversation_id = deleted.id
