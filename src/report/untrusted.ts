// What a runner, or a program on the way to it, may overlook inside a mark: colours, and characters without a width.
const unseen = String.raw`\p{Default_Ignorable_Code_Point}|\u001b\[[\d;:]*m`;
const markAnywhere = new RegExp(
  String.raw`#((?:${unseen})*)#(?=(?:${unseen})*(?:\[|vso\[|teamcity\[))`,
  "giu",
);
const markAtStart = new RegExp(String.raw`^((?:[^\S\n\ufeff]|${unseen})*):(?=(?:${unseen})*:)`, "gmu");
const section = /(section|travis)_(?=(?:start|end|fold|time):)/gi;

// A control sequence, a string with its end, a sequence of a few characters, or an escape alone (ECMA-48, 5.4 and 5.6).
const escapes =
  // oxlint-disable-next-line no-control-regex -- terminal sequences are what is looked for
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_](?:[^\u0007\u001b\n]*(?:\u0007|\u001b\\))?|[ -/]*[0-~])?/g;
// oxlint-disable-next-line no-control-regex -- colours and weights (SGR)
const colours = /\u001b\[[\d;:]*m/g;
// All but tab, line break and escape; what turns the writing direction hides text from a reader.
const controls =
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Makes text that others wrote (build output, registry messages) harmless in a CI log: the marks that runners take as
 * commands anywhere in a line (`##[`, `##vso[`, `##teamcity[`), those of foldable sections (GitLab's, Travis CI's) and
 * `::` at its start are broken up. Of terminal sequences only colours stay, and of a line that was written over after a
 * `\r`, what stood there last. Doing it twice is doing it once.
 */
export function neutralise(text: string): string {
  const plain = text.replaceAll(escapes, (sequence) => sequence.match(colours)?.[0] ?? "");
  return (plain.includes("\r") ? plain.split("\n").map(lastState).join("\n") : plain)
    .replaceAll(controls, "")
    .replaceAll(markAnywhere, "# $1#")
    .replaceAll(section, "$1-")
    .replaceAll(markAtStart, "$1: ");
}

/** What `neutralise` leaves, without its colours. */
export function withoutColours(text: string): string {
  return text.replaceAll(colours, "");
}

function lastState(line: string): string {
  return line.split("\r").findLast((state) => state.trim() !== "") ?? "";
}
