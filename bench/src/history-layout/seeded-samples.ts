import type { Sample } from '@cpemon/history';

/** The fixed data set of the history benchmarks: one device after the other, minute by minute, the same in every run. */
export const METRICS_A_SAMPLE = 10;
const MINUTE_MS = 60_000;
/** Clocks of agents drift and wait: reports come up to so much before or behind their time. */
const JITTER_MS = 250;
/** Shares of reports in which a reading moves by its step. */
const MOVES = { optics: 0.3, laser: 0.1, memory: 0.2, temperature: 0.15, clients: 0.08, errors: 0.02 };

/**
 * Readings of a device: power in 0.1 dBm, ratios in 1 %, temperature in 1 °C, and counters of 64 bits with the traffic
 * of a household: quiet minutes, and a film now and then.
 */
export function createSeededDevice(deviceNumber: number, startAt: number): (minute: number) => Sample {
  const random = seeded(deviceNumber * 7919 + 17);
  const step = (share: number): number => (random() < share ? (random() < 0.5 ? -1 : 1) : 0);
  let optics = -180 - Math.floor(random() * 80);
  let laser = 20 + Math.floor(random() * 10);
  let memory = 40 + Math.floor(random() * 30);
  let temperature = 40 + Math.floor(random() * 15);
  let clients = 3 + Math.floor(random() * 8);
  let received = Math.floor(random() * 2 ** 41);
  let sent = Math.floor(random() * 2 ** 38);
  let errors = Math.floor(random() * 1000);
  const bootedAt = startAt - Math.floor(random() * 30 * 86_400_000);
  let film = false;
  return (minute) => {
    const at = startAt + minute * MINUTE_MS + Math.round((random() * 2 - 1) * JITTER_MS);
    if (random() < 0.02) film = !film;
    optics += step(MOVES.optics);
    laser += step(MOVES.laser);
    memory = Math.min(95, Math.max(20, memory + step(MOVES.memory)));
    temperature += step(MOVES.temperature);
    clients = Math.max(0, clients + step(MOVES.clients));
    const traffic = film ? 40_000_000 * (0.8 + random() * 0.4) : 60_000 * Math.exp(random() * 4);
    received += Math.floor(traffic);
    sent += Math.floor(traffic * (0.02 + random() * 0.06));
    if (random() < MOVES.errors) errors += 1 + Math.floor(random() * 20);
    return {
      at,
      source: '/heartbeat',
      profile: '',
      metrics: {
        cpu_used_ratio: (4 + Math.floor(random() * 9)) / 100,
        memory_used_ratio: memory / 100,
        uptime_seconds: Math.floor((at - bootedAt) / 1000),
        temperature_celsius: temperature,
        rx_power_dbm: optics / 10,
        tx_power_dbm: laser / 10,
        wifi_clients: clients,
        wan_rx_bytes: received,
        wan_tx_bytes: sent,
        rx_errors: errors,
      },
    };
  };
}

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
