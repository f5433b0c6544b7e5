-- SPDX-License-Identifier: Apache-2.0
-- {group} of the slices: the event type.
coalesce(nullif(event_type, ''), '(none)')
