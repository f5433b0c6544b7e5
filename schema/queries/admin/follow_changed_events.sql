-- SPDX-License-Identifier: Apache-2.0
-- Returns the events of the array {ids} whose state or number of attempts differs from the arrays {old_states} and
-- {old_attempts}. The first column is whether the event matches.
select ({states} and coalesce({filter}, false)), {columns},
       to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  from unnest({ids}::bigint[], {old_states}::text[], {old_attempts}::integer[]) w (id, state, attempts)
  join webhook_events e using (id)
 where e.state <> w.state or e.attempts <> w.attempts
 order by coalesce(e.finished_at, now()), e.id
