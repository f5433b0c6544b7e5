-- SPDX-License-Identifier: Apache-2.0
-- Succeeds if a connection can be made.
select 1
