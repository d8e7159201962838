import { hideForms, secretForms } from "../report/mask.ts";
import { neutralise } from "../report/untrusted.ts";
import type { Annotation, Log } from "./host.ts";

/** How a CI writes its log. The texts are clean: harmless, and without secrets; titles are one line. */
export interface LogSyntax {
  readonly debug: (text: string) => string;
  readonly info: (text: string) => string;
  readonly warning: (text: string, about: Annotation) => string;
  readonly error: (text: string, about: Annotation) => string;
  readonly group: (title: string, body: string) => string;
  readonly untrusted: (title: string, body: string) => string;
}

/** Each kind of message with its name in front, and groups indented. */
export const plainSyntax: LogSyntax = {
  debug: (text) => prefixed("debug: ", text),
  info: (text) => text,
  warning: (text, about) => prefixed("warning: ", withPlace(text, about)),
  error: (text, about) => prefixed("error: ", withPlace(text, about)),
  group: indented,
  untrusted: indented,
};

export interface HostLog {
  readonly log: Log;
  /** Hides a text, and the forms in which it may show, from now on. */
  readonly hide: (secret: string) => void;
  /** Text without secrets. */
  readonly withoutSecrets: (text: string) => string;
  /** Text that is harmless in a log, and without secrets. */
  readonly clean: (text: string) => string;
}

/** A log in the syntax given, of which each message is printed in one piece, as whole lines. */
export function createLog(options: {
  readonly debug: boolean;
  readonly syntax: LogSyntax;
  readonly print: (text: string) => void;
}): HostLog {
  const { syntax } = options;
  const secrets = new Set<string>();
  const withoutSecrets = (text: string): string => hideForms(text, secrets);
  // A secret may hold what is broken up, and may come to light only when control characters are gone.
  const clean = (text: string): string => withoutSecrets(neutralise(withoutSecrets(text)));
  const write = (text: string): void => options.print(`${text}\n`);
  const log: Log = {
    debug: (message) => {
      if (options.debug) write(syntax.debug(clean(message)));
    },
    info: (message) => write(syntax.info(clean(message))),
    warning: (message, about) => write(syntax.warning(clean(message), cleanPlace(about, clean))),
    error: (message, about) => write(syntax.error(clean(message), cleanPlace(about, clean))),
    group: (title, lines) => write(syntax.group(asTitle(clean(title)), clean(lines.join("\n")))),
    untrusted: (title, lines) => write(syntax.untrusted(asTitle(clean(title)), clean(lines.join("\n")))),
  };
  const hide = (secret: string): void => {
    // What others wrote may be harmless already when it gets here.
    for (const text of [secret, neutralise(secret)]) {
      for (const form of secretForms(text)) secrets.add(form);
    }
  };
  return { log, hide, withoutSecrets, clean };
}

/** `app/Dockerfile:3: ` before what is said about it. */
export function withPlace(text: string, { file, line }: Annotation): string {
  if (file === undefined) return text;
  return line === undefined ? `${file}: ${text}` : `${file}:${line}: ${text}`;
}

/** Lines of which those that are empty as a whole are left out. */
export function joinLines(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n");
}

function cleanPlace(about: Annotation | undefined, clean: (text: string) => string): Annotation {
  const { file, title, ...lines } = about ?? {};
  return {
    ...lines,
    ...(file === undefined ? {} : { file: asTitle(clean(file)) }),
    ...(title === undefined ? {} : { title: asTitle(clean(title)) }),
  };
}

function asTitle(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ");
}

function prefixed(prefix: string, text: string): string {
  return `${prefix}${text.replaceAll("\n", `\n${" ".repeat(prefix.length)}`)}`;
}

function indented(title: string, body: string): string {
  return body === "" ? title : `${title}\n${prefixed("  ", body)}`;
}
