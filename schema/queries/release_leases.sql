-- SPDX-License-Identifier: Apache-2.0
-- Given back without an outcome: the claim does not count. Earlier ones do: the row stays a suspect (a lease that ran
-- out), to be leased alone.
update webhook_events e
   set leased_until = case when e.claims > 1 then now() end, claims = e.claims - 1
  from unnest($1::bigint[], $2::integer[]) as g (id, claims)
 where e.id = g.id and e.state = 'retrying' and e.claims = g.claims and e.claims > 0
returning e.id
