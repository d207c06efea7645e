-- Rows are written in the system scope: row-level security binds the owner too.
set local role talkide_system;

-- USD for a million tokens: input, output, cache write 5 min, cache write 1 h, cache read (list prices of 2026-11).
insert into model_price (model, effective_from, effective_to, input_per_mtok, output_per_mtok,
  cache_write_5m_per_mtok, cache_write_1h_per_mtok, cache_read_per_mtok)
values
  ('claude-opus-5-5', '2025-01-01Z', null, 4, 20, 5, 8, 0.20),
  ('claude-opus-5', '2025-01-01Z', null, 5, 25, 6.25, 10, 0.50),
  ('claude-opus-4-8', '2025-01-01Z', null, 5, 25, 6.25, 10, 0.50),
  ('claude-opus-4-7', '2025-01-01Z', null, 5, 25, 6.25, 10, 0.50),
  ('claude-opus-4-6', '2025-01-01Z', null, 5, 25, 6.25, 10, 0.50),
  ('claude-opus-4-5', '2025-01-01Z', null, 5, 25, 6.25, 10, 0.50),
  ('claude-sonnet-5-5', '2025-01-01Z', '2026-10-07Z', 2, 10, 2.5, 4, 0.20),
  ('claude-sonnet-5-5', '2026-10-07Z', null, 2, 10, 2.5, 4, 0.10),
  ('claude-sonnet-5', '2025-01-01Z', null, 2, 10, 2.5, 4, 0.20),
  ('claude-sonnet-4-6', '2025-01-01Z', null, 3, 15, 3.75, 6, 0.30),
  ('claude-sonnet-4-5', '2025-01-01Z', null, 3, 15, 3.75, 6, 0.30),
  ('claude-haiku-4-5', '2025-01-01Z', null, 1, 5, 1.25, 2, 0.10),
  ('talkide-demo', '2025-01-01Z', null, 1, 5, 1.25, 2, 0.10);

insert into model_price (model, effective_from, input_per_mtok, output_per_mtok, cache_write_5m_per_mtok,
  cache_write_1h_per_mtok, cache_read_per_mtok, long_prompt_threshold_tokens, long_input_per_mtok,
  long_output_per_mtok, long_cache_write_5m_per_mtok, long_cache_write_1h_per_mtok, long_cache_read_per_mtok)
values
  ('claude-haiku-5-5', '2025-01-01Z', 0.10, 0.50, 0.125, 0.20, 0.01, 100000, 0.50, 2.50, 0.625, 1, 0.05);
