/** A port that cannot be listened on; the message says which setting chooses another. */
export class PortError extends Error {
  override readonly name = 'PortError';
  readonly mend: string;

  constructor(message: string, mend: string) {
    super(message);
    this.mend = mend;
  }
}

/** Listens, or says in a sentence why not. */
export async function listen<T>(open: () => Promise<T>, variable: string, port: number): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new PortError(
        `Port ${port} is taken by another program.`,
        `Stop that one, or choose another port: ${variable}=${port + 1} npm start`,
      );
    if (code === 'EACCES')
      throw new PortError(
        `Port ${port} needs rights that this account does not have.`,
        `Choose a port above 1023: ${variable}=9090 npm start`,
      );
    throw error;
  }
}
