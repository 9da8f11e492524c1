-- History of readings (docs/adr/0010-history.md). A sample is unique by device, source, profile and time; where one lies
-- in two of these tables at once (it was repeated, or is being packed) it is one all the same.

-- As they were applied: one chunk a lane and state transaction.
CREATE TABLE history_fresh (
  generation INT UNSIGNED NOT NULL,
  lane SMALLINT UNSIGNED NOT NULL,
  chunk_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  made_at DATETIME(3) NOT NULL,
  -- Four bytes a sample, in the order of the samples.
  device_ids MEDIUMBLOB NOT NULL,
  payload MEDIUMBLOB NOT NULL,
  PRIMARY KEY (generation, lane, chunk_id),
  KEY by_number (chunk_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Some minutes of chunks in the order of devices: one row for those of a lane with neighbouring keys, and for a slice of
-- three hours (numbered since 1970).
CREATE TABLE history_runs (
  device_group INT UNSIGNED NOT NULL,
  slice INT UNSIGNED NOT NULL,
  generation INT UNSIGNED NOT NULL,
  lane SMALLINT UNSIGNED NOT NULL,
  run_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  device_ids MEDIUMBLOB NOT NULL,
  payload MEDIUMBLOB NOT NULL,
  PRIMARY KEY (device_group, slice, generation, lane, run_id),
  KEY by_number (run_id),
  KEY by_slice (slice, device_group),
  KEY by_lane (generation, lane)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- All samples of a device in a slice. In the order of time and then of devices, so that pages are filled and left.
CREATE TABLE history_samples (
  slice INT UNSIGNED NOT NULL,
  device_id INT UNSIGNED NOT NULL,
  payload MEDIUMBLOB NOT NULL,
  PRIMARY KEY (slice, device_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin
PARTITION BY RANGE (slice) (PARTITION p_rest VALUES LESS THAN MAXVALUE);

-- Roll-ups of a device's day (UTC, since 1970) by the hour, and of the day.
CREATE TABLE history_hours (
  day INT UNSIGNED NOT NULL,
  device_id INT UNSIGNED NOT NULL,
  payload MEDIUMBLOB NOT NULL,
  PRIMARY KEY (day, device_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin
PARTITION BY RANGE (day) (PARTITION p_rest VALUES LESS THAN MAXVALUE);

CREATE TABLE history_days (
  day INT UNSIGNED NOT NULL,
  device_id INT UNSIGNED NOT NULL,
  payload MEDIUMBLOB NOT NULL,
  PRIMARY KEY (day, device_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin
PARTITION BY RANGE (day) (PARTITION p_rest VALUES LESS THAN MAXVALUE);

-- Days whose roll-ups are to be made, or made anew, once they are over.
CREATE TABLE history_due (
  day INT UNSIGNED NOT NULL,
  device_group INT UNSIGNED NOT NULL,
  PRIMARY KEY (day, device_group)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What is before the mark is gone or going: nobody reads it or adds to it. Of the samples slices, else days.
CREATE TABLE history_marks (
  tier VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  low_water INT UNSIGNED NOT NULL,
  moved_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tier)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT INTO history_marks (tier, low_water, moved_at) VALUES
  ('samples', 0, UTC_TIMESTAMP(3)), ('hours', 0, UTC_TIMESTAMP(3)), ('days', 0, UTC_TIMESTAMP(3));
