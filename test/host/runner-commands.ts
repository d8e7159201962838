// How GitHub's runner reads what a step prints, line by line (actions/runner: ActionCommand.cs, ActionCommandManager.cs).

export interface RunnerCommand {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** The command in one line: `::command key=value,…::data` after blanks, else `##[command key=value;…]data` anywhere. */
export function parseCommand(line: string, registered: ReadonlySet<string>): RunnerCommand | undefined {
  return parseSecondVersion(line, registered) ?? parseFirstVersion(line, registered);
}

/** The commands that a runner would carry out. After `stop-commands` it heeds none but the one named by its data. */
export function performedCommands(
  output: string,
  registered: readonly string[],
): readonly (RunnerCommand | string)[] {
  const known = new Set([...registered, "stop-commands"]);
  let token: string | undefined;
  return output.split(/\r\n|\r|\n/).map((line) => {
    const parsed = parseCommand(line, known);
    if (parsed === undefined) return line;
    if (token !== undefined) {
      if (parsed.command !== token) return line;
      known.delete(token);
      token = undefined;
      return { command: "resume", properties: {}, data: "" };
    }
    if (parsed.command === "stop-commands") {
      token = parsed.data;
      known.add(token);
      return { ...parsed, data: "" };
    }
    return parsed;
  });
}

function parseSecondVersion(line: string, registered: ReadonlySet<string>): RunnerCommand | undefined {
  const text = line.replace(/^[\s\u0085]+/, "");
  if (find(text, "::", 0) !== 0) return undefined;
  const end = find(text, "::", 2);
  if (end === -1) return undefined;
  return build(text.slice(2, end), text.slice(end + 2), registered, {
    separator: ",",
    property: { "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": "," },
    data: { "%0D": "\r", "%0A": "\n" },
  });
}

function parseFirstVersion(line: string, registered: ReadonlySet<string>): RunnerCommand | undefined {
  const start = find(line, "##[", 0);
  if (start === -1) return undefined;
  const end = line.indexOf("]", start);
  if (end === -1) return undefined;
  const escapes = { "%3B": ";", "%0D": "\r", "%0A": "\n", "%5D": "]" };
  return build(line.slice(start + 3, end), line.slice(end + 1), registered, {
    separator: ";",
    property: escapes,
    data: escapes,
  });
}

/** .NET compares by the rules of a language here, in which characters without a width do not count. */
function find(text: string, mark: string, from: number): number {
  const unseen = String.raw`[\p{Default_Ignorable_Code_Point}\p{Cc}]*`;
  const letters = [...mark].map((letter) => (letter === "[" ? String.raw`\[` : letter));
  const found = new RegExp(`${unseen}${letters.join(unseen)}`, "u").exec(text.slice(from));
  return found === null ? -1 : found.index + from;
}

function build(
  info: string,
  data: string,
  registered: ReadonlySet<string>,
  rules: {
    readonly separator: string;
    readonly property: Readonly<Record<string, string>>;
    readonly data: Readonly<Record<string, string>>;
  },
): RunnerCommand | undefined {
  const space = info.indexOf(" ");
  const command = space === -1 ? info : info.slice(0, space);
  if (!registered.has(command)) return undefined;
  const pairs = (space === -1 ? "" : info.slice(space + 1).trim())
    .split(rules.separator)
    .map((pair) => /^=*([^=]+)=(.+)$/s.exec(pair))
    .filter((pair) => pair !== null);
  return {
    command,
    properties: Object.fromEntries(
      pairs.map(([, key = "", value = ""]) => [key, unescape(value, rules.property)]),
    ),
    data: unescape(data, rules.data),
  };
}

/** The percent sign itself last, so that `%250A` becomes `%0A`. */
function unescape(text: string, escapes: Readonly<Record<string, string>>): string {
  return Object.entries({ ...escapes, "%25": "%" }).reduce(
    (result, [escape, letter]) => result.replaceAll(escape, letter),
    text,
  );
}
