import type { DisplayOptions, ProgressDisplay } from "./display.ts";
import { describeSaid, describeSolve } from "./step-lines.ts";

/** Nothing but the logs of platforms that fail. */
export function createQuietDisplay({ log }: Pick<DisplayOptions, "log">): ProgressDisplay {
  return {
    follow: (platform, reader) => ({
      read: reader.read,
      end: ({ ok, summary }) => {
        if (!ok)
          log.untrusted(`${platform}  ${summary}`, [...describeSolve(reader), ...describeSaid(reader)]);
      },
    }),
    close: () => {},
  };
}
