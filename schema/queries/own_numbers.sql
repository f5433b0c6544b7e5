-- SPDX-License-Identifier: Apache-2.0
-- Returns all own numbers.
select phone, from_events from own_numbers
