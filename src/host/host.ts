import type { Exec } from "../exec.ts";
import type { Env } from "../inputs/parse.ts";
import type { Ci } from "./detect.ts";

/** Where a person reads along. Each call is one message of one or more lines; nothing in it is taken for a command. */
export interface Log {
  readonly debug: (message: string) => void;
  readonly info: (message: string) => void;
  readonly warning: (message: string, about?: Annotation) => void;
  readonly error: (message: string, about?: Annotation) => void;
  /** A foldable block where the CI has them. */
  readonly group: (title: string, lines: readonly string[]) => void;
  /** A group of lines that others wrote, such as what a build printed. Every CI's own guard against commands is up. */
  readonly untrusted: (title: string, lines: readonly string[]) => void;
}

/** The place in a file that a warning or an error is about; shown beside it where the CI can. */
export interface Annotation {
  /** From the root of the repository. */
  readonly file?: string;
  /** Counted from 1. */
  readonly line?: number;
  readonly endLine?: number;
  readonly title?: string;
}

/** A terminal that a person looks at, for lines that change in place. */
export interface Terminal {
  readonly columns: () => number;
  readonly rows: () => number;
  /** Text as it may be shown there: harmless, and without secrets. */
  readonly clean: (text: string) => string;
  /** Shows these lines below all that is logged, in place of those pinned before; each must fit in a row. */
  readonly pin: (lines: readonly string[]) => void;
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
  /** What came of it, in Markdown, where the CI has a page for that. */
  readonly summary?: string;
}

export type PrintFormat = "none" | "json" | "shell" | "dotenv";

/** One CI system, or none: where logs and outputs go. */
export interface Host {
  readonly name: Ci | "plain";
  readonly log: Log;
  /** Where the log goes, if that is a terminal that a person looks at. */
  readonly terminal?: Terminal;
  /** Says that a text is secret; it is hidden in what is logged from now on. */
  readonly mask: (secret: string) => void;
  /** Hands values on to later steps in the CI's own way, and prints them on stdout where that was asked for. */
  readonly emit: (outputs: StepOutputs, print: PrintFormat) => Promise<void>;
  /** Shows Markdown on the page of the job or the build, where the CI has a place for it. */
  readonly summary?: (markdown: string) => Promise<void>;
  /** Waits for what is still on its way to the CI. To be called once, when nothing more will be logged. */
  readonly close?: () => Promise<void>;
}

/** What a host is made of: this process and its surroundings. */
export interface HostWorld {
  readonly env: Env;
  readonly debug: boolean;
  /** Whether results were asked for on stdout: then nothing else may be there. */
  readonly printsResults: boolean;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** The size of the terminal that stderr is, if it is one. */
  readonly terminal?: { readonly columns: () => number; readonly rows: () => number };
  readonly exec: Exec;
  /** In milliseconds since 1970. */
  readonly now: () => number;
}
