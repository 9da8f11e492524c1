-- Alerts, and what is told of them. Written by the evaluator of alerts, but for what the columns say.

-- The devices of a group are looked up by label.
ALTER TABLE label_set_values
  ADD KEY by_value (name, value);
ALTER TABLE device_inventory
  ADD KEY by_labels (label_set_id);

CREATE TABLE alerts (
  alert_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  -- What the alert is of, while it is open: rule and device, or rule and group. NULL once it is closed.
  open_key VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
  rule VARCHAR(64) NOT NULL,
  kind ENUM ('device', 'group') NOT NULL,
  severity ENUM ('warning', 'critical') NOT NULL,
  state ENUM ('pending', 'firing', 'resolved') NOT NULL,
  -- Of a device alert; else 0 and empty.
  device_id INT UNSIGNED NOT NULL DEFAULT 0,
  serial_number VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  lane SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  -- Of a group alarm; else empty.
  group_label VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  group_value VARCHAR(160) NOT NULL DEFAULT '',
  -- Of the device, or those that all of the group have, as JSON.
  labels TEXT NOT NULL,
  summary VARCHAR(255) NOT NULL,
  -- True times: when what it is of began and ended, not when it was seen.
  started_at DATETIME(3) NOT NULL,
  ended_at DATETIME(3) NULL,
  pending_at DATETIME(3) NOT NULL,
  fired_at DATETIME(3) NULL,
  -- Since when what it is of holds no longer; NULL while it does.
  clear_since DATETIME(3) NULL,
  resolved_at DATETIME(3) NULL,
  cause VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'unknown',
  -- What says so, as JSON.
  evidence TEXT NOT NULL,
  -- Of a group alarm: devices missing, those whose report fell due, members; the most that were missing; device time lost.
  missing INT UNSIGNED NOT NULL DEFAULT 0,
  due INT UNSIGNED NOT NULL DEFAULT 0,
  members INT UNSIGNED NOT NULL DEFAULT 0,
  most_missing INT UNSIGNED NOT NULL DEFAULT 0,
  device_seconds BIGINT UNSIGNED NOT NULL DEFAULT 0,
  -- The group alarm that explains it: it is linked, and not notified.
  parent_id BIGINT UNSIGNED NULL,
  -- Why nobody is told of it now: empty, or the reason.
  quiet VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  -- sent: told by itself. digest: waits for the summary of the hour; digested: was in it.
  notification ENUM ('none', 'sent', 'digest', 'digested') NOT NULL DEFAULT 'none',
  notified_at DATETIME(3) NULL,
  end_notified_at DATETIME(3) NULL,
  -- Written by the API.
  acknowledged_by VARCHAR(128) NULL,
  acknowledged_at DATETIME(3) NULL,
  acknowledge_note VARCHAR(255) NOT NULL DEFAULT '',
  PRIMARY KEY (alert_id),
  UNIQUE KEY by_key (open_key),
  KEY by_state (state, started_at),
  KEY by_device (device_id, started_at),
  KEY by_parent (parent_id),
  KEY by_end (resolved_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- How far the evaluator has read the change feed.
CREATE TABLE alert_positions (
  lane SMALLINT UNSIGNED NOT NULL,
  position BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (lane)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Written by the API.
CREATE TABLE silences (
  silence_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  -- Conditions on labels, and on rule, severity, sn; all must hold. JSON: {"olt": "olt-3"}.
  matchers TEXT NOT NULL,
  starts_at DATETIME(3) NOT NULL,
  ends_at DATETIME(3) NOT NULL,
  reason VARCHAR(255) NOT NULL,
  made_by VARCHAR(128) NOT NULL,
  made_at DATETIME(3) NOT NULL,
  PRIMARY KEY (silence_id),
  KEY by_end (ends_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Written by the API. Once from starts_at to ends_at; or each week, on the days and from the time of day in the time zone.
CREATE TABLE maintenance_windows (
  window_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  matchers TEXT NOT NULL,
  starts_at DATETIME(3) NOT NULL,
  -- Of a weekly window: when the last one ends; NULL: never.
  ends_at DATETIME(3) NULL,
  -- JSON: {"days": ["sun"], "from": "02:00", "minutes": 240, "time_zone": "Europe/Berlin"}; NULL: once.
  weekly TEXT NULL,
  reason VARCHAR(255) NOT NULL,
  made_by VARCHAR(128) NOT NULL,
  made_at DATETIME(3) NOT NULL,
  PRIMARY KEY (window_id),
  KEY by_end (ends_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Messages to receivers, written in the transaction that changes the alert and sent after it; in the order of `position`,
-- a sequence of each receiver.
CREATE TABLE outbox (
  receiver VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position BIGINT UNSIGNED NOT NULL,
  made_at DATETIME(3) NOT NULL,
  -- Idempotent: the same message has the same id at every attempt and for every receiver.
  message_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  alert_id BIGINT UNSIGNED NOT NULL,
  body TEXT NOT NULL,
  state ENUM ('waiting', 'sent', 'dead') NOT NULL DEFAULT 'waiting',
  attempts INT UNSIGNED NOT NULL DEFAULT 0,
  settled_at DATETIME(3) NULL,
  PRIMARY KEY (receiver, position),
  KEY by_message (message_id),
  KEY by_state (state, settled_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- How receivers fare. `position` is moved by the evaluator, the rest by whoever sends.
CREATE TABLE outbox_receivers (
  receiver VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position BIGINT UNSIGNED NOT NULL DEFAULT 0,
  attempts INT UNSIGNED NOT NULL DEFAULT 0,
  next_at DATETIME(3) NULL,
  failing_since DATETIME(3) NULL,
  last_ok_at DATETIME(3) NULL,
  last_error VARCHAR(255) NOT NULL DEFAULT '',
  PRIMARY KEY (receiver)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
