import type { Fleet } from '../fleet.js';
import { dslSignalsAt, lteSignalsAt } from '../line-signals.js';
import type { ModelParameter, Unit, ValueType } from '../models/model-file.js';
import { unitOf } from '../seeded-random.js';
import { signalsOf } from './heartbeat-body.js';

/** A parameter as the device tells it. */
export interface ParameterValue {
  path: string;
  value: string;
  type: ValueType;
}

const STREAM = { memory: 80 };
const MEGABYTE_KIB = 1024;

/**
 * The parameters that the model of a device has, with their values at a time, in the model's units and under the names
 * that its firmware uses.
 */
export function parameterValues(
  fleet: Fleet,
  device: number,
  atMs: number,
  parameters: readonly ModelParameter[] = fleet.modelOf(device).parameters,
): ParameterValue[] {
  const read = signalReader(fleet, device, atMs);
  const renamed = Object.entries(fleet.renamingOf(device)?.paths ?? {});
  return parameters.map(({ path, type, text, is, unit, digits, absent = '' }) => {
    const signal = is === undefined ? text : read(is);
    const from = renamed.find(([beginning]) => path.startsWith(beginning));
    return {
      path: from === undefined ? path : from[1] + path.slice(from[0].length),
      value: signal === undefined ? absent : written(signal, unit, digits),
      type,
    };
  });
}

/** The parameters of a model that every Inform of it holds. */
export function informParameters(fleet: Fleet, device: number): readonly ModelParameter[] {
  const model = fleet.modelOf(device);
  // The data file names them first; see model-file.ts.
  let chosen = INFORM_OF.get(model.name);
  if (chosen === undefined) {
    const names = new Set(model.inform);
    chosen = model.parameters.filter(({ path }) => names.has(path));
    INFORM_OF.set(model.name, chosen);
  }
  return chosen;
}

const INFORM_OF = new Map<string, readonly ModelParameter[]>();

function signalReader(
  fleet: Fleet,
  device: number,
  atMs: number,
): (name: string) => string | number | undefined {
  const model = fleet.modelOf(device);
  const signals = signalsOf(fleet, { device, dueMs: atMs });
  const { uptimeSeconds, rxPowerDbm, txPowerDbm } = signals;
  const line = (): ReturnType<typeof dslSignalsAt> | undefined =>
    model.access === 'dsl'
      ? dslSignalsAt(fleet.seed, device, atMs, fleet.lineLossDb[device]!, uptimeSeconds)
      : undefined;
  const radio = (): ReturnType<typeof lteSignalsAt> | undefined =>
    model.access === 'lte' ? lteSignalsAt(fleet.seed, device, atMs) : undefined;
  const memoryKib = (128 << Math.floor(3 * unitOf(fleet.seed, device, STREAM.memory))) * MEGABYTE_KIB;
  const readings: Record<string, () => string | number | undefined> = {
    serialNumber: () => fleet.serialNumberOf(device),
    manufacturer: () => model.manufacturer,
    modelName: () => model.model,
    hardwareVersion: () => model.hardwareVersion,
    softwareVersion: () => fleet.softwareVersionOf(device),
    uptime: () => uptimeSeconds,
    interval: () => fleet.intervalMs[device]! / 1000,
    connectionRequestUrl: () => `http://${fleet.wanAddressOf(device)}:7547/${fleet.serialNumberOf(device)}`,
    wanAddress: () => (fleet.internetDown[device] === 1 ? undefined : fleet.wanAddressOf(device)),
    internetStatus: () => (fleet.internetDown[device] === 1 ? 'Disconnected' : 'Connected'),
    memory: () => signals.memoryPercent,
    memoryTotal: () => memoryKib,
    memoryFree: () => memoryKib * (1 - signals.memoryPercent / 100),
    cpu: () => signals.cpuPercent,
    temperature: () => signals.temperatureCelsius,
    rxPower: () => rxPowerDbm,
    txPower: () => txPowerDbm,
    biasCurrent: () => 9 + 3 * ((txPowerDbm ?? 2) - 1),
    transceiverTemperature: () => (signals.temperatureCelsius ?? 45) - 4,
    supplyVoltage: () => 3.28,
    wifiClients: () => signals.wifiClients,
    hosts: () => signals.wifiClients + 2,
    wanReceivedBytes: () => signals.wanRxBytes,
    wanSentBytes: () => signals.wanTxBytes,
    dslDownRate: () => line()?.downRateKbps,
    dslUpRate: () => line()?.upRateKbps,
    dslDownMargin: () => line()?.downMarginDb,
    dslUpMargin: () => line()?.upMarginDb,
    dslAttenuation: () => line()?.attenuationDb,
    dslCrcErrors: () => line()?.crcErrors,
    dslErroredSeconds: () => line()?.erroredSeconds,
    rsrp: () => radio()?.rsrpDbm,
    rsrq: () => radio()?.rsrqDb,
  };
  return (name) => readings[name]?.();
}

function written(signal: string | number, unit: Unit | undefined, digits = 0): string {
  return typeof signal === 'string' ? signal : inUnit(signal, unit).toFixed(digits);
}

function inUnit(value: number, unit: Unit | undefined): number {
  switch (unit) {
    case '0.001 dBm':
    case 'mV':
      return value * 1000;
    case '0.1 µW':
      // dBm is decibels above a milliwatt, of which 0.1 µW is a ten thousandth.
      return 10 ** (value / 10) * 10_000;
    case '0.1 dB':
      return value * 10;
    case 'bytes':
      return value * 1024;
    case '32-bit count':
      return value % 2 ** 32;
    default:
      return value;
  }
}
