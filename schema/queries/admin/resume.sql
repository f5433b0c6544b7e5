-- SPDX-License-Identifier: Apache-2.0
-- Ends the pause and records it: operator $1, reason $2 (or empty).
with ended as (
  update controls
     set value = 'off', changed_at = now(), changed_by = $1, until = null
   where name = 'pause' and value = 'on'
  returning name
)
insert into operator_log (action, reason, who) select 'resume', nullif($2, ''), $1 from ended
