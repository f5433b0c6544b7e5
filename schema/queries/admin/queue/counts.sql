-- SPDX-License-Identifier: Apache-2.0
-- Counts retrying, dead and due events, with the age of the oldest of each, and reads the pause. Each count reads the
-- partial index webhook_events_state from the oldest event on and stops at 100001, so that a million dead letters cost
-- as little as a hundred thousand. The planner uses the partial index only because each state is a constant here.
select retrying.n, (extract(epoch from now() - retrying.first) * 1000)::bigint,
  dead.n, (extract(epoch from now() - dead.first) * 1000)::bigint,
  (select (extract(epoch from min(next_attempt_at) - now()) * 1000)::bigint from webhook_events
    where state = 'retrying'),
  due.n, (extract(epoch from now() - due.first) * 1000)::bigint,
  {pause_columns}
from (select count(*) as n, min(next_attempt_at) as first from (select next_attempt_at from webhook_events
    where state = 'retrying' and next_attempt_at <= now() order by next_attempt_at limit 100001) bounded) due,
  (select count(*) as n, min(received_at) as first from (select received_at from webhook_events
    where state = 'retrying' order by received_at limit 100001) bounded) retrying,
  (select count(*) as n, min(received_at) as first from (select received_at from webhook_events
    where state = 'dead' order by received_at limit 100001) bounded) dead
