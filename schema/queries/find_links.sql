-- SPDX-License-Identifier: Apache-2.0
select l.party_key, l.ref, l.conversation_id, round(date_part('epoch', c.last_activity_at) * 1e6)::bigint, c.last_activity_id, p.phone
  from unnest($1::text[]) as g (party_key)
  join conversation_links l on l.party_key = g.party_key collate "C"
  join conversations c on c.id = l.conversation_id
  left join contacts p on p.id = c.contact_id
