import { z } from 'zod';

export const Port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .pipe(z.number().max(65_535));
export const PublicPort = Port.refine((port) => port > 0);
export const Url = z.url({ protocol: /^https?$/ });

/** One setting: the variable, its shape, its default, and what it means (the documentation's table is made of these). */
export interface Setting {
  shape: z.ZodType;
  fallback: string | undefined;
  expects: string;
  about: string;
  secret?: boolean;
}

export const setting = <S extends Setting>(one: S): S => one;
