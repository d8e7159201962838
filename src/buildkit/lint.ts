/** One finding of the Dockerfile's check. */
export interface LintFinding {
  /** BuildKit's name for it, such as `StageNameCasing`; "" for one without. */
  readonly rule: string;
  readonly message: string;
  readonly url: string;
  readonly file: string;
  readonly line: number | undefined;
  readonly isError: boolean;
}

/**
 * The findings in the text that BuildKit's `frontend.lint` answers (`frontend/subrequests/lint` there): a heading
 * `WARNING: Rule - URL`, what is wrong, `file:line`, and the lines around it between rules of dashes.
 */
export function parseLint(text: string): readonly LintFinding[] {
  const findings: LintFinding[] = [];
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const [, kind, heading = ""] = /^(WARNING|ERROR): (.*)$/.exec(line) ?? [];
    if (kind === undefined || isQuoted(lines, index)) continue;
    const [, rule = "", url = ""] = /^(\w+)(?: - (\S+))?$/.exec(heading) ?? [];
    const message = rule === "" ? heading : (lines[index + 1] ?? "");
    const [, file = "", number] = /^(.*):(\d+)$/.exec(lines[index + (rule === "" ? 1 : 2)] ?? "") ?? [];
    findings.push({
      rule,
      url,
      message,
      file,
      line: number === undefined ? undefined : Number(number),
      isError: kind === "ERROR",
    });
  }
  return findings;
}

/** Between two rules of dashes stands the Dockerfile itself. */
function isQuoted(lines: readonly string[], index: number): boolean {
  return lines.slice(0, index).filter((line) => /^-{20}$/.test(line)).length % 2 === 1;
}
