-- Erasure: everything of a device is removed on request, and nothing that was received before it comes back.

-- What was asked. The serial numbers are in erasure_subjects, and only until the erasure is done.
--   asked: the owners of the lanes have not done it yet. erasing: the devices are gone; what is left of them (timeline,
--   history) is being removed. done: nothing of them is left in these tables.
CREATE TABLE erasures (
  erasure_id VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state ENUM ('asked', 'erasing', 'done') NOT NULL DEFAULT 'asked',
  actor VARCHAR(128) NOT NULL,
  reason VARCHAR(255) NOT NULL,
  asked_at DATETIME(3) NOT NULL,
  -- When the commands were in the log.
  told_at DATETIME(3) NULL,
  settled_at DATETIME(3) NULL,
  -- Devices that were erased, and rows of the inventory.
  devices INT UNSIGNED NOT NULL DEFAULT 0,
  inventory INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (erasure_id),
  KEY by_state (state, asked_at),
  KEY by_time (asked_at, erasure_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Whom an erasure is about, in clear: a row for each form of the serial number, as each may be another lane's. Removed
-- when it is done. OUI and product class empty: all devices with the serial number.
CREATE TABLE erasure_subjects (
  erasure_id VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  serial_number VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  oui VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  product_class VARCHAR(64) NOT NULL DEFAULT '',
  -- When the lane's owner did it.
  erased_at DATETIME(3) NULL,
  PRIMARY KEY (erasure_id, serial_number),
  KEY by_serial (serial_number)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Former keys of erased devices of which rows are left.
CREATE TABLE erasure_devices (
  device_id INT UNSIGNED NOT NULL,
  erasure_id VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  serial_number VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (device_id),
  KEY by_erasure (erasure_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Secrets of the hashes below. One is made with the first erasure; a file of tombstones brings its own along.
CREATE TABLE erasure_keys (
  key_id CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  secret BINARY(32) NOT NULL,
  made_at DATETIME(3) NOT NULL,
  PRIMARY KEY (key_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What is left of the erased: an event of theirs is not applied when it was received before erased_at, or then and up to
-- this position. The hashes are HMAC-SHA256 of the serial number, and of the whole identity where only one of several
-- devices with it was meant (else zeros).
CREATE TABLE erasure_tombstones (
  subject_hash BINARY(32) NOT NULL,
  erasure_id VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  key_id CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  identity_hash BINARY(32) NOT NULL,
  generation INT UNSIGNED NOT NULL,
  lane SMALLINT UNSIGNED NOT NULL,
  seq BIGINT UNSIGNED NOT NULL,
  erased_at DATETIME(3) NOT NULL,
  PRIMARY KEY (subject_hash, erasure_id),
  KEY by_erasure (erasure_id),
  KEY by_time (erased_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Of the events applied, those that were received before their device was erased.
ALTER TABLE log_offsets
  ADD COLUMN erased BIGINT UNSIGNED NOT NULL DEFAULT 0;

CREATE VIEW v_erasures AS
SELECT erasure_id, state, actor, reason, asked_at, told_at, settled_at, devices, inventory
FROM erasures;
