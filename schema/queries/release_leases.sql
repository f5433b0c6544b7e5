-- SPDX-License-Identifier: Apache-2.0
-- Ends leases without an outcome and without counting the claim. Earlier claims remain: such a row remains a
-- suspect: its lease has expired and it is leased alone.
update webhook_events e
   set leased_until = case when e.claims > 1 then now() end, claims = e.claims - 1
  from unnest($1::bigint[], $2::integer[]) as g (id, claims)
 where e.id = g.id and e.state = 'retrying' and e.claims = g.claims and e.claims > 0
returning e.id
