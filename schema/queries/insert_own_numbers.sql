-- SPDX-License-Identifier: Apache-2.0
-- Inserts own numbers learned from events.
insert into own_numbers (phone, from_events)
select phone, true from unnest($1::text[]) as phone order by phone collate "C"
on conflict (phone) do nothing
