-- When scheduled work last went well, and what keeps retention from its aim.

ALTER TABLE job_leases
  ADD COLUMN succeeded_at DATETIME(3) NULL;

-- wanted_hour: where the mark would be if nothing needed what lies before it. held_by: what does, in words.
ALTER TABLE log_retention
  ADD COLUMN wanted_hour INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN held_by VARCHAR(255) NOT NULL DEFAULT '';
