-- SPDX-License-Identifier: Apache-2.0
-- Gives contacts the name of the newest card that lists the number and is not deleted, else the number itself.
update contacts c
   set name = n.name, first_name = n.first_name, last_name = n.last_name, company = n.company, role = n.role,
       card_id = n.card_id, updated_at = now()
  from (select g.phone, k.first_name, k.last_name, k.company, k.role, k.card_id,
               coalesce(nullif(concat_ws(' ', k.first_name, k.last_name), ''), k.company, g.phone) as name
          from unnest($1::text[]) as g (phone)
          left join lateral (select * from contact_cards k
                              where k.phones @> array[g.phone collate "C"] and not k.deleted
                              order by k.stamp desc, k.card_id desc limit 1) k on true) n
 where c.phone = n.phone
   and (c.name, c.first_name, c.last_name, c.company, c.role, c.card_id)
       is distinct from (n.name, n.first_name, n.last_name, n.company, n.role, n.card_id)
