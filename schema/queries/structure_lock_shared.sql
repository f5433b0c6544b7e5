-- SPDX-License-Identifier: Apache-2.0
-- Held by every transaction that changes business rows.
select pg_advisory_xact_lock_shared(1953655660)
