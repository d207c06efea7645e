const DEADLOCK = '40P01';
const TRIES = 3;

/** Runs a transaction again when PostgreSQL ended it to break a circle of waits; nothing of it was kept then. */
export async function retryDeadlock<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await transaction();
    } catch (error) {
      if ((error as { code?: string }).code !== DEADLOCK || tries === TRIES) throw error;
    }
  }
}
