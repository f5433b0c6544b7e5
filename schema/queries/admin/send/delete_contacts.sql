-- SPDX-License-Identifier: Apache-2.0
-- Deletes the contacts with the numbers $1, unless they have a contact card, activities or conversations.
delete from contacts c
where c.phone = any($1::text[]) and c.card_id is null
  and not exists (select from activities a where a.contact_id = c.id)
  and not exists (select from conversations v where v.contact_id = c.id)
