/** Samples at rest are kept by three hours of a device: nine such rows of minutes fill a page. */
export const SLICE_MS = 3 * 3_600_000;
export const SLICES_A_DAY = 8;

/** @param at epoch ms */
export const sliceOf = (at: number): number => Math.floor(at / SLICE_MS);

/**
 * Devices whose keys lie so close together are packed in one step, in the order of their keys, so that pages fill one
 * after the other; so few that a step is some hundred milliseconds.
 */
export const DEVICES_A_GROUP = 256;

export const groupOf = (deviceId: number): number => Math.floor(deviceId / DEVICES_A_GROUP);
