-- SPDX-License-Identifier: Apache-2.0
-- Computes conversations that lost an activity, or of which an activity changed its contact, from all of their
-- activities. Needs the exclusive structure lock.
update conversations c
   set last_activity_at = n.active_at, last_activity_id = n.openphone_id, contact_id = n.contact_id
  from (select g.id, a.active_at, a.openphone_id, p.contact_id
          from unnest($1::bigint[]) as g (id)
          left join lateral (select a.active_at, a.openphone_id from activities a
                              where a.conversation_id = g.id and a.active_at is not null
                              order by a.active_at desc, a.openphone_id desc limit 1) a on true
          left join lateral (select p.id as contact_id from activities a join contacts p on p.id = a.contact_id
                              where a.conversation_id = g.id order by p.phone limit 1) p on true) n
 where c.id = n.id
