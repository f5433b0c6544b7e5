-- SPDX-License-Identifier: Apache-2.0
-- Given back without an outcome: the claim does not count.
update webhook_events e set leased_until = null, claims = e.claims - 1
  from unnest($1::bigint[], $2::integer[]) as g (id, claims)
 where e.id = g.id and e.state = 'retrying' and e.claims = g.claims and e.claims > 0
returning e.id
