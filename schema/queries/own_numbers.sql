-- SPDX-License-Identifier: Apache-2.0
select phone, from_events from own_numbers
