-- SPDX-License-Identifier: Apache-2.0
-- Copies of events without a webhook-id: a second test event has the same bytes as the first one.
select e.id::text, e.state, '', c.entry_id
from webhook_events e
join event_copies c on c.event_key = e.event_key
where e.event_id = $1 and e.provider_delivery_id is null
order by c.received_at desc
limit 100
