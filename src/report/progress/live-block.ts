import type { ProgressReader, SolveStep, Transfer } from "../../buildkit/progress.ts";
import { formatBytes } from "../table.ts";
import { withoutColours } from "../untrusted.ts";
import { runningSteps } from "./step-lines.ts";
import { fitLine } from "./width.ts";

/** What a block is drawn from; without a reader, the platform waits for its turn. */
export interface LivePlatform {
  readonly platform: string;
  readonly reader?: ProgressReader;
  readonly emulated?: boolean;
  readonly seconds?: number;
}

const maxSteps = 3;
const maxTransfers = 2;
const barWidth = 20;
const maxTextLength = 400;

/** The blocks of all platforms, each line within `columns`, all of them within `rows`; steps give way first. */
export function renderBlocks(
  platforms: readonly LivePlatform[],
  space: {
    readonly columns: number;
    readonly rows: number;
    readonly clean: (text: string) => string;
  },
): readonly string[] {
  const { clean, columns, rows } = space;
  const show = (left: string, right = ""): string => fitLine(plainText(clean(left)), right, columns);
  const whole = platforms.flatMap((each) => [renderHead(each, show), ...renderSteps(each, show)]);
  if (whole.length <= rows) return whole;
  const short = platforms.map((each) => renderShort(each, show));
  if (short.length <= rows) return short;
  const fits = Math.max(rows - 1, 0);
  return [...short.slice(0, fits), show(`and ${short.length - fits} more platforms`)];
}

type Show = (left: string, right?: string) => string;

function renderHead({ emulated, platform, reader, seconds }: LivePlatform, show: Show): string {
  if (reader === undefined) return show(`${platform}  waiting`);
  const { cached, planned, steps } = reader.cached();
  const parts = [
    ...(planned === 0 ? ["starting"] : [`${steps} of ${planned} steps done`]),
    ...(cached === 0 ? [] : [`${cached} cached`]),
    ...(emulated ? ["emulated"] : []),
  ];
  return show(`${platform}  ${parts.join(", ")}`, formatSeconds(seconds ?? 0));
}

/** One line for a platform when there is no room for more. */
function renderShort(each: LivePlatform, show: Show): string {
  const [step] = each.reader === undefined ? [] : runningSteps(each.reader);
  if (step === undefined) return renderHead(each, show);
  return show(`${each.platform}  ${step.name}`, formatSeconds(each.seconds ?? 0));
}

function renderSteps({ reader }: LivePlatform, show: Show): string[] {
  if (reader === undefined) return [];
  const running = runningSteps(reader);
  const [crash] = reader.crashes();
  return [
    ...running
      .slice(0, maxSteps)
      .flatMap((step) => [show(`  ${step.name}`, formatSeconds(step.seconds)), ...renderDetail(step, show)]),
    ...(running.length > maxSteps ? [show(`  and ${running.length - maxSteps} more`)] : []),
    ...(crash === undefined ? [] : [show(`  QEMU crashed, so this may not end: ${crash.line}`)]),
  ];
}

/** What a step sends or fetches, else the last that it printed. */
function renderDetail(step: SolveStep, show: Show): string[] {
  if (step.transfers.length > 0) {
    return step.transfers
      .slice(0, maxTransfers)
      .map((each) => show(`    ${each.name}`, renderTransfer(each)));
  }
  return step.log.last(1).map((line) => show(`    | ${line}`));
}

function renderTransfer({ bytes, totalBytes }: Transfer): string {
  if (totalBytes === 0) return bytes === 0 ? "" : formatBytes(bytes);
  const filled = Math.min(Math.floor((bytes / totalBytes) * barWidth), barWidth);
  return `[${"=".repeat(filled).padEnd(barWidth)}] ${formatBytes(bytes)} of ${formatBytes(totalBytes)}`;
}

function formatSeconds(seconds: number): string {
  return `${Math.floor(seconds)} s`;
}

/** In a line that changes ten times a second there is no place for colours and tabs. */
function plainText(text: string): string {
  return withoutColours(text).slice(0, maxTextLength).replaceAll(/\s/g, " ");
}
