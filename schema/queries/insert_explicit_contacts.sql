-- SPDX-License-Identifier: Apache-2.0
-- Numbers that an event names (as the other side, or on a card) stay contacts for good.
insert into contacts (phone, name, named)
select phone, phone, true from unnest($1::text[]) as phone order by phone collate "C"
on conflict (phone) do update set named = true where not contacts.named
returning phone, id
