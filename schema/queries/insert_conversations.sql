-- SPDX-License-Identifier: Apache-2.0
-- Inserts conversations by their provider ids.
insert into conversations (openphone_id)
select ref from unnest($1::text[]) as ref order by ref collate "C"
on conflict (openphone_id) where openphone_id is not null do nothing
returning openphone_id, id
