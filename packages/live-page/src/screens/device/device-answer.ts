import type { Operations } from '@cpemon/api-client';

/** `GET /v1/devices/:id`. */
export type DeviceAnswer = Operations['getDevicesById']['answer'];

/** A row of a device's timeline. */
export type TimelineItem = Operations['getDevicesByIdEvents']['answer']['items'][number];

/** A value of what the wire brought, read with care: devices and relays write some of it. */
export const textOf = (data: unknown, name: string): string | null => {
  const value = (data as Record<string, unknown> | null)?.[name];
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' ? String(value) : null;
};

export const numberOf = (data: unknown, name: string): number | null => {
  const value = (data as Record<string, unknown> | null)?.[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
};
