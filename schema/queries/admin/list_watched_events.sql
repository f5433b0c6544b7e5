-- SPDX-License-Identifier: Apache-2.0
-- The retries that are due next and the newest dead letters, $1 of each at most.
(select id, state, attempts from webhook_events where state = 'retrying' order by next_attempt_at limit $1::bigint)
union all
(select id, state, attempts from webhook_events where state = 'dead' order by finished_at desc, id desc limit $1::bigint)
