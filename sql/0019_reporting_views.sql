-- What dashboards read beside v_devices and v_lanes. Kept counts stand here as they are kept, by lane: summing them takes
-- milliseconds, where counting a million devices takes seconds.

CREATE VIEW v_fleet AS
SELECT lane, reachability, devices
FROM fleet_counts;

-- Devices in service by label ('model' and 'firmware' are labels too); of admin_state all devices.
CREATE VIEW v_fleet_labels AS
SELECT lane, label, value, reachability, devices
FROM fleet_label_counts;

-- The writers of device state whose lease holds, or did.
CREATE VIEW v_writers AS
SELECT m.member, m.host, m.version, m.started_at, m.lease_until,
  (SELECT COUNT(*) FROM log_offsets AS o WHERE o.grp = m.grp AND o.owner = m.member) AS lanes
FROM log_members AS m
WHERE m.grp = 'state';

-- Scheduled work: who is at it, how it ended, when it last went well.
CREATE VIEW v_jobs AS
SELECT job, owner, lease_until, started_at, finished_at, succeeded_at, outcome, detail
FROM job_leases;

-- When each path last accepted events, and when it did not.
CREATE VIEW v_intake_paths AS
SELECT path, accepted_at
FROM intake_paths;

CREATE VIEW v_intake_gaps AS
SELECT path, started_at, ended_at
FROM intake_gaps;

-- What operators asked for.
CREATE VIEW v_operator_audit AS
SELECT at, actor, action, target, outcome
FROM operator_audit;

-- The labels of a device, one row each.
CREATE VIEW v_device_labels AS
SELECT b.serial_number, b.oui, b.product_class, v.name AS label, v.value
FROM inventory_boxes AS b
JOIN label_set_values AS v ON v.label_set_id = b.label_set_id;

CREATE OR REPLACE VIEW v_devices AS
SELECT
  d.device_id,
  d.serial_number,
  d.oui,
  d.product_class,
  d.manufacturer,
  d.model,
  d.first_seen_at,
  s.last_seen_at,
  s.reachability,
  s.reachability_reason,
  s.reachability_since,
  s.health,
  s.health_reason,
  s.health_since,
  s.interval_seconds,
  s.wan_ip,
  s.sw_version,
  s.cpu_used_ratio,
  s.memory_used_ratio,
  s.uptime_seconds,
  s.temperature_celsius,
  s.rx_power_dbm,
  s.applied_events,
  s.duplicate_events,
  s.late_events
FROM devices AS d
JOIN device_state AS s ON s.device_id = d.device_id;

-- Devices that some health rule judges, kept by lane.
CREATE VIEW v_fleet_health AS
SELECT lane, reachability, health, devices
FROM fleet_health_counts;

-- What is wrong with devices now.
CREATE VIEW v_conditions AS
SELECT d.serial_number, d.oui, d.product_class, d.model, c.rule, c.severity, c.since, c.opened_at, c.metric, c.value, c.text
FROM device_conditions AS c
JOIN devices AS d ON d.device_id = c.device_id;

CREATE VIEW v_alerts AS
SELECT alert_id, rule, kind, severity, state, serial_number, group_label, group_value, summary, started_at, ended_at,
  fired_at, resolved_at, cause, missing, due, members, most_missing, device_seconds, parent_id, quiet, acknowledged_by
FROM alerts;

-- The newest changes of each lane: a hundred rows by primary key, however long the feed is.
CREATE VIEW v_recent_changes AS
SELECT c.at, c.made_at, c.kind, d.serial_number, c.data
FROM change_feed_heads AS h
JOIN change_feed AS c ON c.lane = h.lane AND c.position > IF(h.position > 100, h.position - 100, 0)
JOIN devices AS d ON d.device_id = c.device_id;

-- Sources and models that have fallen silent as a whole; those that still are have no end.
CREATE VIEW v_source_silences AS
SELECT kind, name, started_at, ended_at, found_at, usual_per_minute, device_count, interval_seconds
FROM source_silences;
