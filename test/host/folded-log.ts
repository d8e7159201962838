// How the logs of GitLab, Travis CI and Buildkite are folded.

/** A line as it is shown, with the blocks that it is in, outermost first. */
export type ShownLine = readonly [...blocks: string[], line: string];

/** gitlab-org/gitlab: lib/gitlab/ci/ansi2json/converter.rb and Gitlab::Regex.build_trace_section_regex. */
// oxlint-disable-next-line no-control-regex -- the mark ends with a terminal sequence
const section = /section_(start|end):(\d+):([\w.-]+)(\[[^\]\r]*\])?\r\u001b\[0K/;

/** travis-ci/travis-web: log.js */
// oxlint-disable-next-line no-control-regex -- the mark ends with a terminal sequence
const fold = /travis_fold:(start|end):([\w.-]+)()\r(?:\u001b\[0K)?/;

export const foldGitlab = (output: string): readonly ShownLine[] => foldByMarks(output, section, 3);
export const foldTravis = (output: string): readonly ShownLine[] => foldByMarks(output, fold, 2);

function foldByMarks(output: string, mark: RegExp, nameAt: number): readonly ShownLine[] {
  const open: string[] = [];
  const shown: ShownLine[] = [];
  for (const line of output.replace(/\n$/, "").split("\n")) {
    let rest = line;
    let isMarkAlone = false;
    for (let found = mark.exec(rest); found !== null; found = mark.exec(rest)) {
      const name = found[nameAt] ?? "";
      rest = rest.slice(0, found.index) + rest.slice(found.index + found[0].length);
      if (found[1] === "start") open.push(name);
      else {
        if (open.pop() !== name) throw new Error(`${name} is closed and was not open`);
        isMarkAlone = rest.replace("\u001b[0K", "") === "";
      }
    }
    // What is before a lone carriage return is written over.
    rest = rest.split("\r").at(-1) ?? "";
    // oxlint-disable-next-line no-control-regex -- terminal sequences are what is dropped
    if (!isMarkAlone) shown.push([...open, rest.replaceAll(/\u001b\[[\d;]*[A-Za-z]/g, "")]);
  }
  if (open.length > 0) throw new Error(`${open.join(", ")} is never closed`);
  return shown;
}

/** buildkite/agent: header_times_streamer.go. Every heading, each with the lines under it; what is before them is under "". */
export function foldBuildkite(output: string): readonly (readonly [heading: string, ...lines: string[]])[] {
  const groups: [string, ...string[]][] = [[""]];
  for (const line of output.replace(/\n$/, "").split("\n")) {
    // oxlint-disable-next-line no-control-regex -- the agent drops colours
    const plain = line.replaceAll(/\u001b\[[;\d]*[mK]/g, "");
    if (/^(?:---|\+\+\+|~~~)\s(.+)?$/.test(plain) || plain.startsWith("^^^ +++")) groups.push([plain]);
    else groups.at(-1)?.push(plain);
  }
  return groups;
}
