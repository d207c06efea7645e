/** The file that a version made by hand changed: the platform writes "Edit <path>" in the language of the time. */
export const editedPath = (description: string): string | null => /^\p{L}+ (\S+)$/u.exec(description)?.[1] ?? null;
