import type { ProgressReader } from "../../buildkit/progress.ts";
import type { Terminal } from "../../host/host.ts";
import type { DisplayOptions, ProgressDisplay } from "./display.ts";
import { renderBlocks } from "./live-block.ts";
import { platformColumn } from "./plain.ts";
import { describeFailure } from "./step-lines.ts";

const redraw = 100;

/** For a terminal: a block per platform that changes in place, and a line for good when the platform ends. */
export function createLiveDisplay(
  options: DisplayOptions & { readonly terminal: Terminal },
): ProgressDisplay {
  const { every, log, now, platforms, terminal } = options;
  const column = platformColumn(platforms);
  const followed = new Map<
    string,
    { readonly reader: ProgressReader; readonly begin: number; readonly emulated: boolean }
  >();
  const ended = new Set<string>();
  const draw = (): void => {
    const blocks = platforms
      .filter((platform) => !ended.has(platform))
      .map((platform) => {
        const known = followed.get(platform);
        return {
          platform: column(platform),
          ...(known === undefined
            ? {}
            : { reader: known.reader, emulated: known.emulated, seconds: (now() - known.begin) / 1000 }),
        };
      });
    terminal.pin(
      renderBlocks(blocks, {
        columns: terminal.columns(),
        // One for the line that the cursor is in.
        rows: terminal.rows() - 1,
        clean: terminal.clean,
      }),
    );
  };
  const stop = every(redraw, draw);
  return {
    follow: (platform, reader, { emulated = false } = {}) => {
      ended.delete(platform);
      followed.set(platform, { reader, emulated, begin: now() });
      return {
        read: reader.read,
        end: ({ ok, summary }) => {
          ended.add(platform);
          draw();
          const line = `${column(platform)}  ${summary}`;
          if (ok) log.info(line);
          else log.untrusted(line, describeFailure(reader));
        },
      };
    },
    close: () => {
      stop();
      terminal.pin([]);
    },
  };
}
