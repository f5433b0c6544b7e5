-- SPDX-License-Identifier: Apache-2.0
-- A row if $1 is an own number.
select from own_numbers where phone = $1
