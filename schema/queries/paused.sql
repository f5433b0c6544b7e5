-- SPDX-License-Identifier: Apache-2.0
-- A row while an operator has paused applying. A statement of its own behind the structure lock: it sees what was
-- committed when the lock was there, so that `trunkline pause` need only wait for those who had it before.
select from controls where name = 'pause' and value = 'on' and (until is null or until > now())
