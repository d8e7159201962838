/** Where a person reads along. Each call is one message of one or more lines. */
export interface Log {
  readonly debug: (message: string) => void;
  readonly info: (message: string) => void;
  readonly warning: (message: string) => void;
  readonly error: (message: string) => void;
  /** A foldable block where the CI has them. */
  readonly group: (title: string, lines: readonly string[]) => void;
}

/** What a step gives to the steps after it. */
export interface StepOutputs {
  readonly step: string;
  /** Kebab-case names; values are text or JSON text. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Environment variables for the steps that follow. */
  readonly variables: Readonly<Record<string, string>>;
  /** Folders to put on PATH for the steps that follow. */
  readonly paths: readonly string[];
}

export type PrintFormat = "none" | "json" | "shell" | "dotenv";

/** One CI system, or none: where logs and outputs go. */
export interface Host {
  readonly name: "github" | "plain";
  readonly log: Log;
  /** Says that a text is secret; the CI hides it in what is logged from now on. */
  readonly mask: (secret: string) => void;
  readonly emit: (outputs: StepOutputs, print: PrintFormat) => void;
}
