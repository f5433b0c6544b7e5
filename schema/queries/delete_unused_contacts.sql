-- SPDX-License-Identifier: Apache-2.0
-- Deletes contacts that lost an activity in this transaction and that nothing refers to.
delete from contacts c using unnest($1::bigint[]) as g (id)
 where c.id = g.id and not c.named
   and not exists (select from activities a where a.contact_id = c.id)
