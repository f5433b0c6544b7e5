-- SPDX-License-Identifier: Apache-2.0
-- Events with the event id $1.
select e.id from webhook_events e where e.event_id = $1 order by e.id limit 100
