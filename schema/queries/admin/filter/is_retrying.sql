-- SPDX-License-Identifier: Apache-2.0
-- Condition that matches the partial index webhook_events_due.
e.state = 'retrying'
