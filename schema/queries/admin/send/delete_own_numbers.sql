-- SPDX-License-Identifier: Apache-2.0
-- Deletes the own numbers $1 that were learnt from events.
delete from own_numbers where phone = any($1::text[]) and from_events
