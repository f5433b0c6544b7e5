-- SPDX-License-Identifier: Apache-2.0
-- Rows after id $1 of the type $2 with the event id $3 in the payload; an empty $3 matches any.
select id::text, state, coalesce(provider_delivery_id, ''), entry_id
from webhook_events
where id > $1::bigint and event_type = $2 and ($3 = '' or payload ->> 'id' = $3)
order by id
limit 100
