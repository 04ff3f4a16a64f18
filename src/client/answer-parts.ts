import { z } from 'zod';

/** The shape of every field of a type, so that none is left out and none is made up. */
export type Shape<T> = Record<keyof T, z.ZodType>;

/** A moment. */
export const time = z.iso.datetime().describe('ISO 8601');
/** A digest. */
export const digest = z.string().describe('sha256, 64 hexadecimal digits');
