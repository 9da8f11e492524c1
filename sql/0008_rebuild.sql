-- Keys of the devices of lanes that are being rebuilt: other systems and addresses hold them. A device that is
-- registered again takes its key from here.
CREATE TABLE rebuilt_device_ids (
  device_id INT UNSIGNED NOT NULL,
  serial_number VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  oui VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product_class VARCHAR(64) NOT NULL,
  -- What tells devices of one serial number apart, whose identities grow with what they send.
  first_seen_at DATETIME(3) NOT NULL,
  PRIMARY KEY (device_id),
  KEY by_serial (serial_number)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
