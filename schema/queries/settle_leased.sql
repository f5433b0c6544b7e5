-- SPDX-License-Identifier: Apache-2.0
-- Writes the outcome of leased events, if the lease still holds: no other worker has claimed the row since.
with locked as materialized (
  select g.* from webhook_events e
    join unnest($1::bigint[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::integer[])
      as g (id, claims, state, error_message, activity_id, occurred_us, parser_version) using (id)
   where e.state = 'retrying' and e.claims = g.claims
   order by e.id for update of e)
update webhook_events e
   set state = l.state, error_message = l.error_message, sqlstate = null, finished_at = now(),
       next_attempt_at = null, leased_until = null, activity_id = l.activity_id,
       occurred_at = tl_time(l.occurred_us), parser_version = l.parser_version
  from locked l
 where e.id = l.id
returning e.id
