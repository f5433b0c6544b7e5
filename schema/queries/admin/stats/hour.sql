-- SPDX-License-Identifier: Apache-2.0
-- {group} of the slices: the hour of receipt.
date_bin('1 hour', slice.received_at, '2000-01-01Z')
