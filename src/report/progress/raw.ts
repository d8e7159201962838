import type { DisplayOptions, ProgressDisplay } from "./display.ts";

/**
 * For programs: each SolveStatus as buildctl printed it, on a line of its own, with `platform` as its first field; and when a
 * platform ends, `{"platform":…,"ok":…,"summary":…}`. What buildctl says besides is in the error that ends the step.
 */
export function createRawDisplay({ log }: Pick<DisplayOptions, "log">): ProgressDisplay {
  const write = (fields: object): void => log.info(escapeMarks(JSON.stringify(fields)));
  return {
    follow: (platform, reader) => ({
      read: (line) => {
        reader.read(line);
        const status = parse(line);
        if (status !== undefined) write({ platform, ...status });
      },
      end: ({ ok, summary }) => write({ platform, ok, summary }),
    }),
    close: () => {},
  };
}

function parse(line: string): object | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as object;
  } catch {
    return undefined;
  }
}

/** The same JSON, in which a log finds nothing to break up: neither a command's mark nor a character that it drops. */
function escapeMarks(json: string): string {
  return json.replaceAll(
    /#|(?<=section|travis)_(?=(?:start|end|fold|time):)|[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/gi,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
