-- SPDX-License-Identifier: Apache-2.0
-- Inserts contacts that exist only as long as an activity refers to them.
insert into contacts (phone, name, named)
select phone, phone, false from unnest($1::text[]) as phone order by phone collate "C"
on conflict (phone) do nothing
returning phone, id
