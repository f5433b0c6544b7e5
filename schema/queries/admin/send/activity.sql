-- SPDX-License-Identifier: Apache-2.0
-- Returns the values of activity $1 that samples are compared with, as names and texts.
select v.name, v.value
from activities a, lateral (values
  ('activity_type', activity_type::text),
  ('direction', direction::text),
  ('status', status::text),
  ('body', body::text),
  ('error_code', error_code::text),
  ('error_detail', error_detail::text),
  ('number of media_urls', jsonb_array_length(media_urls)::text),
  ('media_urls', media_urls::text),
  ('duration_seconds', duration_seconds::text),
  ('recording_url', recording_url::text),
  ('recording_duration_seconds', recording_duration_seconds::text),
  ('recording_size_bytes', recording_size_bytes::text),
  ('answered_by', answered_by::text),
  ('forwarded to', forwarded ->> 'to'),
  ('ai_summary', ai_summary::text),
  ('ai_key_points', ai_key_points::text),
  ('ai_next_steps', ai_next_steps::text),
  ('ai_sentiment', ai_sentiment::text),
  ('lines of ai_transcript', jsonb_array_length(ai_transcript -> 'dialogue')::text),
  ('first line of ai_transcript', ai_transcript #>> '{dialogue,0,text}'),
  ('confidence of ai_transcript', ((ai_transcript ->> 'confidence')::numeric)::text),
  ('contact', (select c.phone from contacts c where c.id = a.contact_id)),
  ('conversation', (select c.openphone_id from conversations c where c.id = a.conversation_id))
) v (name, value)
where a.openphone_id = $1
