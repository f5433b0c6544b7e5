-- SPDX-License-Identifier: Apache-2.0
-- Inserts contacts that stay without activities, because an event names the number as the other side or a card lists it.
insert into contacts (phone, name, named)
select phone, phone, true from unnest($1::text[]) as phone order by phone collate "C"
on conflict (phone) do update set named = true where not contacts.named
returning phone, id
