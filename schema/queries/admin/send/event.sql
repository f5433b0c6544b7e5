-- SPDX-License-Identifier: Apache-2.0
-- Returns state, reason and delivery id of the event with the key $1, in hexadecimal digits.
select state, coalesce(error_message, ''), delivery_id from webhook_events where event_key = decode($1, 'hex')
