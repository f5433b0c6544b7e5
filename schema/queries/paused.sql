-- SPDX-License-Identifier: Apache-2.0
-- Returns a row while applying is paused. A separate statement after the structure lock, so that its snapshot is newer
-- than the lock and `trunkline pause` only has to wait for the transactions that held the lock before.
select from controls where name = 'pause' and value = 'on' and (until is null or until > now())
