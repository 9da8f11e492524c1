import { sendProblem } from '@cpemon/service-kit';
import type { Request, Response } from 'express';
import type { Fleet } from '../fleet.js';

/** Serial numbers that an answer lists at most, and lines that are written at once. */
export const LISTED = 1000;

/** Answers 400 with what the body should look like. */
export const refuseBody = (response: Response, code: string, like: string): void =>
  sendProblem(response, { status: 400, code, detail: `The body must be right: ${like}.` });

/** A whole number of 0 to `most` in a body. */
export function wholeNumber(body: unknown, name: string, most: number): number | undefined {
  const value = (body as Record<string, unknown> | undefined)?.[name];
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most
    ? (value as number)
    : undefined;
}

/** The device of `:sn`, or undefined after a 404. */
export function findDevice(request: Request, response: Response, fleet: Fleet): number | undefined {
  const device = fleet.findIndex(String(request.params['sn']));
  if (device === undefined) sendProblem(response, { status: 404, code: 'unknown_device' });
  return device;
}
