-- SPDX-License-Identifier: Apache-2.0
-- Deletes fallback conversations that lost their last activity in this transaction, and their links.
with gone as (
  delete from conversations c using unnest($1::bigint[]) as g (id)
   where c.id = g.id and c.party_key is not null
     and not exists (select from activities a where a.conversation_id = c.id)
  returning c.id)
delete from conversation_links l using gone where l.conversation_id = gone.id
