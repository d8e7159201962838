/** Wrong input: exit code 2. Carries every problem found, so that all of them are fixed in one go. */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[] | string, options?: ErrorOptions) {
    const list = typeof problems === "string" ? [problems] : problems;
    super(list.join("\n"), options);
    this.problems = list;
  }
}

/** The work failed: exit code 1. The message says what failed on which thing; `fix` says what to do about it. */
export class WorkError extends Error {
  override readonly name: string = "WorkError";
  readonly fix: string | undefined;

  constructor(message: string, options?: ErrorOptions & { readonly fix?: string | undefined }) {
    super(message, options);
    this.fix = options?.fix;
  }
}

/** A signal ended the work: exit code 130 for SIGINT, 143 for SIGTERM. */
export class CancelledError extends Error {
  override readonly name = "CancelledError";
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`cancelled by ${signal}`);
    this.signal = signal;
  }
}

/** One line (or a few) for a person: the message, the fix, and the causes that add something new. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const lines = [error.message];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    if (cause.message !== "" && !lines.some((line) => line.includes(cause.message))) {
      lines.push(`cause: ${cause.message}`);
    }
  }
  if (error instanceof WorkError && error.fix !== undefined) lines.push(`fix: ${error.fix}`);
  return lines.join("\n");
}
