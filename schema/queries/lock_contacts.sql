-- SPDX-License-Identifier: Apache-2.0
-- Two cards may share a number. Whoever comes second waits here and sees the first one's card in the next
-- statement; in one statement the snapshot would be older than the lock.
select c.phone from unnest($1::text[]) as g (phone) join contacts c on c.phone = g.phone collate "C"
 order by c.phone for no key update of c
