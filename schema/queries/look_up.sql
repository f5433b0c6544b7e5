-- SPDX-License-Identifier: Apache-2.0
-- Reads all rows that a batch names in one round trip. With small batches round trips are most of the cost. Not "= any":
-- with a prepared array that would compare every row with every element. LIMIT makes each part a look-up by key: as a
-- join, planned over a table that was analyzed when it was empty, it would read the whole table.
select 'own number' as what, phone as name, null::bigint as id, from_events as flag, null::bigint as at,
       null::text as text, null::bigint as contact_id
  from own_numbers
union all
select 'contact', c.phone, c.id, c.named, null, null, null
  from unnest($1::text[]) as g (phone),
       lateral (select * from contacts where phone = g.phone collate "C" limit 1) as c
union all
select 'conversation', c.openphone_id, c.id, null, round(date_part('epoch', c.last_activity_at) * 1e6)::bigint,
       c.last_activity_id, c.contact_id
  from unnest($2::text[]) as g (ref),
       lateral (select * from conversations where openphone_id = g.ref collate "C" limit 1) as c
union all
select 'link', l.party_key, l.conversation_id, null, null, l.ref, null
  from unnest($3::text[]) as g (party_key),
       lateral (select * from conversation_links where party_key = g.party_key collate "C" limit 1) as l
