-- SPDX-License-Identifier: Apache-2.0
-- Numbers that are only computed to be an activity's contact: they go again when nothing refers to them.
insert into contacts (phone, name, named)
select phone, phone, false from unnest($1::text[]) as phone order by phone collate "C"
on conflict (phone) do nothing
returning phone, id
