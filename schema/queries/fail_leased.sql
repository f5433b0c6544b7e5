-- SPDX-License-Identifier: Apache-2.0
-- Records a counted failure of a leased event, if its lease still holds.
update webhook_events e
   set attempts = e.attempts + 1, claims = 0, leased_until = null, error_message = $3, sqlstate = $4,
       state = case when e.attempts + 1 >= $6::integer then 'dead' else 'retrying' end,
       next_attempt_at = case when e.attempts + 1 < $6::integer
                              then now() + $5::bigint * interval '1 millisecond' end,
       finished_at = case when e.attempts + 1 >= $6::integer then now() end
 where e.id = $1 and e.state = 'retrying' and e.claims = $2
returning e.id
