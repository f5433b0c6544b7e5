-- SPDX-License-Identifier: Apache-2.0
-- Returns the waiting events that fulfil {filter}, the next attempt first.
select e.id from webhook_events e where {filter} order by e.next_attempt_at
