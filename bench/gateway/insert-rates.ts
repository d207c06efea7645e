export const insertRates = async (..._a: unknown[]) => null;
