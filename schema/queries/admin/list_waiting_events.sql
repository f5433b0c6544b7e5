-- SPDX-License-Identifier: Apache-2.0
-- Events that wait for their next attempt, the next attempt first, at most $1.
select id
  from webhook_events
 where state = 'retrying' and next_attempt_at > now()
 order by next_attempt_at
 limit $1::bigint
