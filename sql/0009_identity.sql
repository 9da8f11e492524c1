-- Who a device is: findings about identities, what is expected, and identities that are kept apart until released.

-- What looks wrong about identities; written by the owner of the device's lane, unique, so that a replay adds nothing.
--   placeholder: a serial number that many boxes share, such as 99999999; its devices are told apart by all they name.
--   ambiguous: a sender that knows only a serial number which several devices have.
--   merge: other_id has the OUI and serial number of device_id and another product class, and device_id is silent since.
--   conflict: both report, from different addresses. It takes the place of their merge.
CREATE TABLE identity_findings (
  device_id INT UNSIGNED NOT NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- 0: no other device is concerned.
  other_id INT UNSIGNED NOT NULL DEFAULT 0,
  at DATETIME(3) NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (device_id, kind, other_id),
  KEY by_other (other_id),
  KEY by_time (at, device_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Devices that the inventory names; ADMISSION=inventory lets in no other. OUI and product class empty: any.
CREATE TABLE expected_devices (
  serial_number VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  oui VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  product_class VARCHAR(64) NOT NULL DEFAULT '',
  PRIMARY KEY (serial_number, oui, product_class)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Identities that did not become devices. Their events count as applied and change nothing; those received after
-- released_at make a device.
CREATE TABLE quarantined_identities (
  serial_number VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  oui VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product_class VARCHAR(64) NOT NULL,
  reason VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  events BIGINT UNSIGNED NOT NULL,
  first_at DATETIME(3) NOT NULL,
  last_at DATETIME(3) NOT NULL,
  -- Position of the last event counted: one that is read again is not counted again.
  generation INT UNSIGNED NOT NULL,
  last_seq BIGINT UNSIGNED NOT NULL,
  released_at DATETIME(3) NULL,
  released_by VARCHAR(128) NULL,
  PRIMARY KEY (serial_number, oui, product_class),
  KEY by_time (last_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Of the events applied, those of identities in quarantine.
ALTER TABLE log_offsets
  ADD COLUMN quarantined BIGINT UNSIGNED NOT NULL DEFAULT 0;

CREATE VIEW v_identity_findings AS
SELECT f.kind, f.at, d.serial_number, d.oui, d.product_class, o.oui AS other_oui, o.product_class AS other_product_class,
  f.data
FROM identity_findings AS f
JOIN devices AS d ON d.device_id = f.device_id
LEFT JOIN devices AS o ON o.device_id = f.other_id
WHERE f.kind <> 'merge' OR NOT EXISTS (
  SELECT 1 FROM identity_findings AS c
  WHERE c.device_id = f.device_id AND c.kind = 'conflict' AND c.other_id = f.other_id
);

CREATE VIEW v_quarantined_identities AS
SELECT serial_number, oui, product_class, reason, source, events, first_at, last_at, released_at, released_by
FROM quarantined_identities;

-- What happened to each device.
CREATE VIEW v_device_events AS
SELECT d.serial_number, d.oui, d.product_class, e.at, e.kind, e.data
FROM device_events AS e
JOIN devices AS d ON d.device_id = e.device_id;
