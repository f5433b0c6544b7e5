-- SPDX-License-Identifier: Apache-2.0
select l.party_key, l.ref, l.conversation_id
  from unnest($1::text[]) as g (party_key)
  join conversation_links l on l.party_key = g.party_key collate "C"
