-- Health: the second axis of a device's state, judged by rules that are data (docs/device-health.md).

ALTER TABLE device_state
  ADD COLUMN health ENUM ('unknown', 'ok', 'degraded', 'critical') NOT NULL DEFAULT 'unknown',
  -- What the worst condition says; empty without one.
  ADD COLUMN health_reason VARCHAR(128) NOT NULL DEFAULT '',
  ADD COLUMN health_since DATETIME(3) NULL;

-- Conditions of devices that are open now, written by the owner of the device's lane. One that closes goes; the timeline
-- keeps when it was open.
CREATE TABLE device_conditions (
  device_id INT UNSIGNED NOT NULL,
  -- Name of the rule.
  rule VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  severity ENUM ('warning', 'critical') NOT NULL,
  -- Since when what the rule looks for holds, and when it had held long enough to be said.
  since DATETIME(3) NOT NULL,
  opened_at DATETIME(3) NOT NULL,
  -- Empty and NULL for a condition that no single metric shows.
  metric VARCHAR(128) NOT NULL DEFAULT '',
  -- When it was opened.
  value DOUBLE NULL,
  -- For a person.
  text VARCHAR(255) NOT NULL,
  PRIMARY KEY (device_id, rule),
  KEY by_rule (rule, severity)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Devices that some rule judges, kept and not counted: moved in the lane's state transaction, summed on read.
CREATE TABLE fleet_health_counts (
  lane SMALLINT UNSIGNED NOT NULL,
  reachability ENUM ('unknown', 'online', 'stale', 'offline') NOT NULL,
  health ENUM ('ok', 'degraded', 'critical') NOT NULL,
  devices BIGINT NOT NULL,
  PRIMARY KEY (lane, reachability, health)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Sets of rules that have been in force, as they were written.
CREATE TABLE health_rule_sets (
  -- The first 16 hexadecimal digits of the SHA-256 of the text.
  version CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  first_loaded_at DATETIME(3) NOT NULL,
  last_loaded_at DATETIME(3) NOT NULL,
  rules SMALLINT UNSIGNED NOT NULL,
  content MEDIUMTEXT NOT NULL,
  PRIMARY KEY (version)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What the devices of a model read on each firmware, by day (UTC, since 1970): what rules that compare firmwares compare
-- with from the next day on.
CREATE TABLE health_references (
  day INT UNSIGNED NOT NULL,
  metric VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  model VARCHAR(64) NOT NULL,
  firmware VARCHAR(64) NOT NULL,
  devices INT UNSIGNED NOT NULL,
  mean DOUBLE NOT NULL,
  PRIMARY KEY (day, metric, model, firmware)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
