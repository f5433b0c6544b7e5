-- SPDX-License-Identifier: Apache-2.0
-- Inserts conversations without provider id, by their party keys.
insert into conversations (party_key)
select party_key from unnest($1::text[]) as party_key order by party_key collate "C"
on conflict (party_key) where party_key is not null do nothing
returning party_key, id
