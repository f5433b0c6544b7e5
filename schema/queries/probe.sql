-- SPDX-License-Identifier: Apache-2.0
-- Writes one row, to test whether the database accepts writes.
insert into controls (name, changed_at) values ('probe', now())
on conflict (name) do update set changed_at = excluded.changed_at
