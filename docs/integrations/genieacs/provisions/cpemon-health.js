// Reads the health of a CPE at most once in so many seconds and tells CPEmon. The arguments of the preset are the seconds
// and then the paths, "*" for every instance:
//   [900, "Device.DeviceInfo.UpTime", "Device.Optical.Interface.*.OpticalSignalLevel"]
// With 0 seconds it reads in every session.
const seconds = Number(args[0]);
const now = Date.now();
// The last multiple of that time, moved by an offset of the device's own, so that the fleet does not read at once.
const since = seconds > 0 ? Date.now(seconds * 1000) : now;
// New instances are looked for once a day.
const daily = Date.now(86400000);

// All is declared before any of it is read: each reading after a declaration runs the script once more.
const device = {
  sn: declare('DeviceID.SerialNumber', { value: 1 }),
  oui: declare('DeviceID.OUI', { value: 1 }),
  product_class: declare('DeviceID.ProductClass', { value: 1 }),
  manufacturer: declare('DeviceID.Manufacturer', { value: 1 }),
};
const readings = args.slice(1).map((path) => declare(path, { path: daily, value: since }));

const message = { event_ts: new Date(now).toISOString(), parameters: {} };
for (const name of Object.keys(device)) {
  if (device[name].value) message[name] = String(device[name].value[0]);
}

// Read then or later; the same until they are read again, so that CPEmon takes them once.
const at = new Date(since).toISOString();
for (const reading of readings) {
  for (const one of reading) {
    if (!one.value) continue;
    const type = String(one.value[1]).replace('xsd:', '');
    const value = type === 'dateTime' ? new Date(Number(one.value[0])).toISOString() : String(one.value[0]);
    message.parameters[one.path] = { value, type, at };
  }
}

if (Object.keys(message.parameters).length > 0) ext('cpemon-webhook', 'values', JSON.stringify(message));
