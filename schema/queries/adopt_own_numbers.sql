-- SPDX-License-Identifier: Apache-2.0
-- Inserts the configured own numbers, and marks those that were learned from events as configured.
insert into own_numbers (phone, from_events)
select phone, false from unnest($1::text[]) as phone order by phone collate "C"
on conflict (phone) do update set from_events = false where own_numbers.from_events
