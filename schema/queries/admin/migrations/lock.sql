-- SPDX-License-Identifier: Apache-2.0
-- Waits for any other migration. The number is arbitrary, and used for nothing else.
select pg_advisory_lock(7021956601)
