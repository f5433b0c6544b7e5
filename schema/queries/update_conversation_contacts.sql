-- SPDX-License-Identifier: Apache-2.0
-- Lowers the contacts of conversations. The statement before has locked the rows, so this snapshot sees their current
-- contacts.
update conversations c set contact_id = g.contact_id
  from unnest($1::bigint[], $2::bigint[], $3::text[]) as g (id, contact_id, phone)
 where c.id = g.id
   and coalesce(g.phone collate "C" < (select p.phone from contacts p where p.id = c.contact_id), true)
