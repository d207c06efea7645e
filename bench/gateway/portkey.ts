export const startPortkey = async (
  _url: string,
): Promise<{ url: string; pid: number; headers: Record<string, string>; close(): void } | null> => null;
