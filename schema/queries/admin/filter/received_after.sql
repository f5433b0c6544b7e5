-- SPDX-License-Identifier: Apache-2.0
-- Condition: received at {time} or later.
e.received_at >= {time}
