-- SPDX-License-Identifier: Apache-2.0
-- Combines the steps of several states.
 union all 
