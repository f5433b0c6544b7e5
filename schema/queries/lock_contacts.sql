-- SPDX-License-Identifier: Apache-2.0
-- Locks contacts in the order of their numbers, before rename_contacts.sql.
select c.phone from unnest($1::text[]) as g (phone) join contacts c on c.phone = g.phone collate "C"
 order by c.phone for no key update of c
