import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false });
addFormats(ajv, ['ipv4', 'ipv6', 'date-time']);

/** A compiled schema; compile at load, never per request. */
export const compileSchema = (schema: object): ValidateFunction => ajv.compile(schema);
