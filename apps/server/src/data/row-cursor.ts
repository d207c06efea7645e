import Cursor from 'pg-cursor';

interface CopyTarget {
  sendCopyFail(reason: string): void;
}

/** Rows as text, some at a time. COPY answers with a stream in place of rows, which this stands and throws away. */
export class RowCursor extends Cursor<(string | null)[]> {
  constructor(sql: string) {
    super(sql, [], { rowMode: 'array' });
  }

  // Called by pg, which ends the process where a query does not know them.
  handleCopyData(): void {}

  handleCopyInResponse(connection: CopyTarget): void {
    connection.sendCopyFail('COPY is not to be had here');
  }
}
