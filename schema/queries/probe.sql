-- SPDX-License-Identifier: Apache-2.0
-- The smallest write there is: does the database take one now?
insert into controls (name, changed_at) values ('probe', now())
on conflict (name) do update set changed_at = excluded.changed_at
