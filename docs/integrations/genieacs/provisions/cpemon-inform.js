// Tells CPEmon of every Inform: who, when, with which event codes. It asks the CPE for nothing.
const now = Date.now();

// All is declared before any of it is read: each reading after a declaration runs the script once more.
const device = {
  sn: declare('DeviceID.SerialNumber', { value: 1 }),
  oui: declare('DeviceID.OUI', { value: 1 }),
  product_class: declare('DeviceID.ProductClass', { value: 1 }),
  manufacturer: declare('DeviceID.Manufacturer', { value: 1 }),
};
const events = declare('Events.*', { path: 1, value: 1 });

const message = { event_ts: new Date(now).toISOString(), event_codes: [] };
for (const name of Object.keys(device)) {
  if (device[name].value) message[name] = String(device[name].value[0]);
}

// GenieACS writes the blanks of an event code as "_", and what is neither letter, digit nor "_" as 0x and two hex digits.
const eventCode = (name) => {
  const plain = name.replace(/0x([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  if (/^\d/.test(plain)) return plain.replace(/_/g, ' ');
  if (plain.startsWith('X_')) return plain.replace('_', ' ').replace('_', ' ');
  return plain.replace('_', ' ');
};

// The events of this session bear its time; "Inform" and "Registered" are GenieACS' own.
for (const event of events) {
  const name = event.path.slice('Events.'.length);
  if (name === 'Inform' || name === 'Registered') continue;
  if (event.value && Number(event.value[0]) === now) message.event_codes.push(eventCode(name));
}
message.event_codes.sort();

ext('cpemon-webhook', 'inform', JSON.stringify(message));
