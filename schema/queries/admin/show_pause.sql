-- SPDX-License-Identifier: Apache-2.0
-- The pause in effect.
select {pause}
