-- SPDX-License-Identifier: Apache-2.0
-- The event with the row number $1.
select e.id from webhook_events e where e.id = $1::bigint order by e.id limit 100
