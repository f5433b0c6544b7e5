-- SPDX-License-Identifier: Apache-2.0
-- The rows of events with these event_ids. event_id is the delivery id where there is one, and is
-- indexed.
select id::text, state, coalesce(provider_delivery_id, ''), entry_id, event_id
from webhook_events
where event_id = any($1::text[])
