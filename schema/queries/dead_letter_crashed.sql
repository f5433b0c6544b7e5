-- SPDX-License-Identifier: Apache-2.0
-- Makes retries dead whose leases expired too often: each time the holder ended without an outcome.
update webhook_events e
   set state = 'dead', error_message = 'crashed the worker', finished_at = now(),
       next_attempt_at = null, leased_until = null
 where e.id in (select id from webhook_events
                 where state = 'retrying' and claims >= $1 and leased_until is not null and leased_until <= now()
                   for update skip locked)
returning e.entry_id, e.delivery_id, e.error_message
