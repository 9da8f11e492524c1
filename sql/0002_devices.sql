-- Devices and their current state. Written only by the owner of the device's lane.

CREATE TABLE devices (
  device_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  serial_number VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- Empty where no source has told it.
  oui VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  product_class VARCHAR(64) NOT NULL DEFAULT '',
  manufacturer VARCHAR(64) NULL,
  model VARCHAR(64) NULL,
  source VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  generation INT UNSIGNED NOT NULL,
  lane SMALLINT UNSIGNED NOT NULL,
  first_seen_at DATETIME(3) NOT NULL,
  PRIMARY KEY (device_id),
  UNIQUE KEY identity (serial_number, oui, product_class),
  KEY by_lane (lane, device_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Current values. A column that no report has mentioned is NULL; a report that leaves a value out keeps it.
CREATE TABLE device_state (
  device_id INT UNSIGNED NOT NULL,
  generation INT UNSIGNED NOT NULL,
  lane SMALLINT UNSIGNED NOT NULL,
  last_seq BIGINT UNSIGNED NOT NULL,
  last_seen_at DATETIME(3) NOT NULL,
  device_time DATETIME(3) NULL,
  source VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  interval_seconds INT UNSIGNED NULL,
  reachability ENUM ('unknown', 'online', 'stale', 'offline') NOT NULL,
  reachability_reason VARCHAR(64) NOT NULL,
  reachability_since DATETIME(3) NOT NULL,
  wan_ip VARCHAR(45) NULL,
  sw_version VARCHAR(64) NULL,
  cpu_used_ratio DOUBLE NULL,
  memory_used_ratio DOUBLE NULL,
  uptime_seconds DOUBLE NULL,
  temperature_celsius DOUBLE NULL,
  rx_power_dbm DOUBLE NULL,
  applied_events BIGINT UNSIGNED NOT NULL,
  duplicate_events BIGINT UNSIGNED NOT NULL,
  late_events BIGINT UNSIGNED NOT NULL,
  -- What the values above were read from, per source, with times, and recent identities (JSON; the lane owner's own).
  memory MEDIUMTEXT NOT NULL,
  PRIMARY KEY (device_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What happened to a device, at the time it happened; unique, so that a replay adds nothing.
CREATE TABLE device_events (
  device_id INT UNSIGNED NOT NULL,
  at DATETIME(3) NOT NULL,
  kind VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- What makes two events of a kind in one millisecond two: for a transition the axis.
  identity VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (device_id, at, kind, identity)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The fleet summary, kept and not counted: moved in the lane's state transaction, summed on read.
CREATE TABLE fleet_counts (
  lane SMALLINT UNSIGNED NOT NULL,
  reachability ENUM ('unknown', 'online', 'stale', 'offline') NOT NULL,
  devices BIGINT NOT NULL,
  PRIMARY KEY (lane, reachability)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
