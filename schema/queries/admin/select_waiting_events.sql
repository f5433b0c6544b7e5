-- SPDX-License-Identifier: Apache-2.0
-- Those events that fulfil {filter}, the next one first.
select e.id from webhook_events e where {filter} order by e.next_attempt_at
