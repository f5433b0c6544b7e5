-- SPDX-License-Identifier: Apache-2.0
-- Condition: died at {time} or later.
e.finished_at >= {time}
