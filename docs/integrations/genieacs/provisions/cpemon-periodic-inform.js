// Sets how often a CPE informs, each at a moment of its own: set for all alike, it would make the fleet inform at once.
// Arguments: the seconds, and the root of the data model, "Device" or "InternetGatewayDevice".
const intervalMs = Number(args[0]) * 1000;
const server = `${args[1]}.ManagementServer`;
const daily = Date.now(86400000);

// Date.now(n) is the last multiple of n, moved by an offset that GenieACS derives from the id of the device: what is left
// of it stays the same from session to session. The reference lies in the past; only its phase counts.
const phase = ((Date.now(intervalMs) % intervalMs) + intervalMs) % intervalMs;
const reference = Date.UTC(2020, 0, 1) + phase;

declare(`${server}.PeriodicInformTime`, { value: daily }, { value: reference });
declare(`${server}.PeriodicInformInterval`, { value: daily }, { value: intervalMs / 1000 });
declare(`${server}.PeriodicInformEnable`, { value: daily }, { value: true });
