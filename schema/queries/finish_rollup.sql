-- SPDX-License-Identifier: Apache-2.0
-- Records that the counters up to minute $1 (since 1970) are rolled up.
insert into controls (name, changed_at) values ('folded', to_timestamp($1::bigint * 60))
on conflict (name) do update set changed_at = greatest(controls.changed_at, excluded.changed_at)
