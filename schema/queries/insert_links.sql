-- SPDX-License-Identifier: Apache-2.0
-- Inserts the conversation of each party key.
insert into conversation_links (party_key, ref, conversation_id)
select party_key, ref, conversation_id
  from unnest($1::text[], $2::text[], $3::bigint[]) as l (party_key, ref, conversation_id)
 order by party_key collate "C"
on conflict (party_key) do nothing
returning party_key
