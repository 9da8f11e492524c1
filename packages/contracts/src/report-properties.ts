import { LONGEST_SERIAL_NUMBER, OBSERVERS } from '@cpemon/domain';

const text = (maxLength: number, description: string) => ({
  type: ['string', 'null'],
  maxLength,
  // No control character and no half of a surrogate pair.
  pattern: '^[^\\p{Cc}\\p{Cs}]*$',
  description,
});

const number = (minimum: number, maximum: number, description: string) => ({
  type: ['number', 'null'],
  minimum,
  maximum,
  description,
});

const time = (description: string) => ({ type: ['string', 'number', 'null'], description });

/** 2^64: byte counters of devices are 64 bits wide at most. */
const LARGEST_COUNTER = 2 ** 64;

/**
 * The fields of a report that CPEmon knows, as JSON Schema properties. A value outside its schema is dropped and
 * counted; the report is accepted without it. Numbers may also come as text ("12.5").
 */
export const REPORT_PROPERTIES = {
  sn: {
    type: ['string', 'integer'],
    description: `Serial number: 1 to ${LONGEST_SERIAL_NUMBER} printable ASCII characters`,
  },
  ts: time("The device's time: RFC 3339 with a zone, or epoch seconds or milliseconds"),
  last_seen: time('As ts, where ts is absent'),
  interval_seconds: number(1, 2_678_400, 'How often the device reports, seconds'),
  oui: { ...text(16, "The manufacturer's OUI"), pattern: '^[\\x21-\\x7e]*$' },
  product_class: text(64, 'Product class, as in the Inform'),
  wan_ip: {
    type: ['string', 'null'],
    // Not anyOf, which ajv tries to the end: the pattern for IPv6 costs more than the rest of the report.
    if: { pattern: ':' },
    then: { format: 'ipv6' },
    else: { format: 'ipv4' },
    description: 'Address of the WAN interface, IPv4 or IPv6',
  },
  sw_version: text(64, 'Firmware'),
  hw_version: text(64, 'Hardware version'),
  manufacturer: text(64, 'Manufacturer'),
  model: text(64, 'Model'),
  cpu_pct: number(0, 100, 'CPU in use, per cent'),
  mem_pct: number(0, 100, 'Memory in use, per cent'),
  cpu_used_ratio: number(0, 1, 'CPU in use, 0 to 1'),
  memory_used_ratio: number(0, 1, 'Memory in use, 0 to 1'),
  uptime_seconds: number(0, 4_294_967_295, 'Time since boot, seconds'),
  temperature_celsius: number(-60, 200, 'Temperature, °C'),
  rx_power_dbm: number(-60, 30, 'Optical receive power, dBm'),
  tx_power_dbm: number(-60, 30, 'Optical transmit power, dBm'),
  wifi_clients: number(0, 100_000, 'Wi-Fi stations connected'),
  wan_rx_bytes: number(0, LARGEST_COUNTER, 'Bytes received on the WAN since boot'),
  wan_tx_bytes: number(0, LARGEST_COUNTER, 'Bytes sent on the WAN since boot'),
} as const;

/** What somebody else can tell of a device that it cannot tell itself. */
export const OBSERVATION_PROPERTIES = {
  observer: { enum: [...OBSERVERS, null], description: 'Kind of system that observed the device' },
  observed: {
    type: ['string', 'null'],
    pattern: '^[a-z][a-z0-9_]{0,31}$',
    description: 'What happened: dying_gasp, los, link_up, session_start, …; absent where values were read',
  },
  state: { enum: ['raised', 'cleared', null], description: 'Of an alarm: that it began, or is over' },
  text: text(256, 'A sentence about it'),
  olt_rx_power_dbm: number(-60, 30, 'Optical power of the device as received at the OLT, dBm'),
  downstream_power_dbmv: number(-60, 80, 'Cable: downstream receive power, dBmV'),
  downstream_snr_db: number(0, 100, 'Cable: downstream signal-to-noise ratio, dB'),
  upstream_power_dbmv: number(-60, 80, 'Cable: upstream transmit power, dBmV'),
  upstream_snr_db: number(0, 100, 'Cable: upstream signal-to-noise ratio at the CMTS, dB'),
  line_length_meters: number(0, 200_000, 'Length of the line, metres'),
} as const;

/** What an ACS adds when it relays an event of a device. */
export const ACS_EVENT_PROPERTIES = {
  event_ts: time('When the ACS saw the event; as ts'),
  event: text(256, 'TR-069 event code or name of the event; several separated by commas'),
  event_codes: {
    type: ['array', 'null'],
    maxItems: 64,
    items: { type: 'string', minLength: 1, maxLength: 64, pattern: '^[^\\p{Cc}\\p{Cs}]*$' },
    description: 'TR-069 event codes of the Inform ("1 BOOT", "2 PERIODIC")',
  },
} as const;
