-- What each model sends, as seen by the writers: counted in memory and added each minute (docs/coverage.md). Sums since
-- first_at; a row that nothing was added to for 90 days goes. '(others)' stands for what there is no room for.

CREATE TABLE coverage_models (
  -- Empty where no report has told it.
  model VARCHAR(64) NOT NULL,
  firmware VARCHAR(64) NOT NULL,
  manufacturer VARCHAR(64) NOT NULL DEFAULT '',
  reports BIGINT UNSIGNED NOT NULL,
  -- Of these, whose metrics were counted, and of those whose parameters were read by the rules.
  looked_at BIGINT UNSIGNED NOT NULL,
  surveyed BIGINT UNSIGNED NOT NULL,
  first_at DATETIME(3) NOT NULL,
  last_at DATETIME(3) NOT NULL,
  PRIMARY KEY (model, firmware),
  KEY by_last (last_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE coverage_metrics (
  model VARCHAR(64) NOT NULL,
  firmware VARCHAR(64) NOT NULL,
  metric VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- Reports looked at that have it, and reports surveyed that say in their way that there is no reading.
  seen BIGINT UNSIGNED NOT NULL,
  no_reading BIGINT UNSIGNED NOT NULL,
  first_at DATETIME(3) NOT NULL,
  last_at DATETIME(3) NOT NULL,
  PRIMARY KEY (model, firmware, metric),
  KEY by_last (last_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Parameters that no rule reads.
CREATE TABLE coverage_paths (
  model VARCHAR(64) NOT NULL,
  -- As it was sent, each instance number as {i}.
  path VARCHAR(256) NOT NULL,
  type VARCHAR(32) NOT NULL,
  -- What a value looks like, digits as 9 and letters as x; empty where values are not kept.
  form VARCHAR(32) NOT NULL,
  firmware VARCHAR(64) NOT NULL,
  -- Reports surveyed that have it.
  seen BIGINT UNSIGNED NOT NULL,
  first_at DATETIME(3) NOT NULL,
  last_at DATETIME(3) NOT NULL,
  PRIMARY KEY (model, path),
  KEY by_last (last_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
