import { lazyScreen } from './lazy-screen.js';

/** Screens beside the fleet: what nobody opens costs nothing at the first load. */
export const DEVICES = lazyScreen(
  async () => (await import('../screens/devices/devices-screen.js')).DevicesScreen,
);
export const DEVICE = lazyScreen(
  async () => (await import('../screens/device/device-screen.js')).DeviceScreen,
);
export const ALERTS = lazyScreen(
  async () => (await import('../screens/alerts/alerts-screen.js')).AlertsScreen,
);
export const OPERATIONS = lazyScreen(
  async () => (await import('../screens/operations/operations-screen.js')).OperationsScreen,
);

const IDLE_MS = 3000;

/** Loads them once the first screen is there: they open at once then, even while the API does not answer. */
export function loadScreensLater(): void {
  setTimeout(() => {
    for (const { load } of [DEVICES, DEVICE, ALERTS, OPERATIONS]) load().catch(() => undefined);
  }, IDLE_MS);
}
