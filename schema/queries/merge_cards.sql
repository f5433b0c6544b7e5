-- SPDX-License-Identifier: Apache-2.0
-- Joins versions of contact cards: the greatest (stamp, deleted, record) wins as a whole, ever_phones is the union of all
-- versions. A card may occur only once per call.
insert into contact_cards as k
  (card_id, stamp, deleted, record, phones, ever_phones, first_name, last_name, company, role, external_id, emails)
select card_id, coalesce(tl_time(stamp), '-infinity'), deleted, record, phones::text[], phones::text[],
       first_name, last_name, company, role, external_id, emails::text[]
  from unnest($1::text[], $2::bigint[], $3::boolean[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
              $9::text[], $10::text[], $11::text[])
    as g (card_id, stamp, deleted, record, phones, first_name, last_name, company, role, external_id, emails)
 order by card_id collate "C"
on conflict (card_id) do update set
    stamp = case when (excluded.stamp, excluded.deleted, excluded.record) > (k.stamp, k.deleted, k.record)
      then excluded.stamp else k.stamp end,
    deleted = case when (excluded.stamp, excluded.deleted, excluded.record) > (k.stamp, k.deleted, k.record)
      then excluded.deleted else k.deleted end,
    record = case when (excluded.stamp, excluded.deleted, excluded.record) > (k.stamp, k.deleted, k.record)
      then excluded.record else k.record end,
    phones = case when (excluded.stamp, excluded.deleted, excluded.record) > (k.stamp, k.deleted, k.record)
      then excluded.phones else k.phones end,
    first_name = case when (excluded.stamp, excluded.deleted, excluded.record) > (k.stamp, k.deleted, k.record)
      then excluded.first_name else k.first_name end,
    last_name = case when (excluded.stamp, excluded.deleted, excluded.record) > (k.stamp, k.deleted, k.record)
      then excluded.last_name else k.last_name end,
    company = case when (excluded.stamp, excluded.deleted, excluded.record) > (k.stamp, k.deleted, k.record)
      then excluded.company else k.company end,
    role = case when (excluded.stamp, excluded.deleted, excluded.record) > (k.stamp, k.deleted, k.record)
      then excluded.role else k.role end,
    external_id = case when (excluded.stamp, excluded.deleted, excluded.record) > (k.stamp, k.deleted, k.record)
      then excluded.external_id else k.external_id end,
    emails = case when (excluded.stamp, excluded.deleted, excluded.record) > (k.stamp, k.deleted, k.record)
      then excluded.emails else k.emails end,
    ever_phones = case when excluded.phones <@ k.ever_phones then k.ever_phones
                       else tl_union(k.ever_phones, excluded.phones) end,
    updated_at = now()
  where (excluded.stamp, excluded.deleted, excluded.record) > (k.stamp, k.deleted, k.record)
     or not excluded.phones <@ k.ever_phones
returning ever_phones
