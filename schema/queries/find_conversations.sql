-- SPDX-License-Identifier: Apache-2.0
select c.openphone_id, c.id, round(date_part('epoch', c.last_activity_at) * 1e6)::bigint, c.last_activity_id, c.contact_id
  from unnest($1::text[]) as g (ref)
  join conversations c on c.openphone_id = g.ref collate "C"
