-- SPDX-License-Identifier: Apache-2.0
select encode(e.event_key, 'hex'), e.entry_id
  from unnest($1::bytea[]) as g (event_key) join webhook_events e using (event_key)
