// How the agent of Azure Pipelines reads what a step prints (microsoft/azure-pipelines-agent: Command.cs, CommandStringConvertor.cs).

export interface AgentCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** Line by line: a command, wherever in the line it starts, or the line itself, for the log. */
export function readAgentLines(output: string): readonly (AgentCommand | string)[] {
  return output
    .replace(/\n$/, "")
    .split(/\r\n|\r|\n/)
    .map((line) => parse(line) ?? line);
}

function parse(line: string): AgentCommand | undefined {
  const start = line.toLowerCase().indexOf("##vso[");
  const end = line.indexOf("]", start);
  if (start === -1 || end === -1) return undefined;
  const info = line.slice(start + "##vso[".length, end);
  const space = info.indexOf(" ");
  const name = space === -1 ? info : info.slice(0, space);
  if (name.split(".").filter((part) => part !== "").length !== 2) return undefined;
  const pairs = (space === -1 ? "" : info.slice(space + 1))
    .split(";")
    .map((pair) => /^=*([^=]+)=(.+)$/s.exec(pair));
  return {
    name: name.toLowerCase(),
    properties: Object.fromEntries(
      pairs.flatMap((pair) =>
        pair === null ? [] : [[(pair[1] ?? "").toLowerCase(), unescape(pair[2] ?? "")]],
      ),
    ),
    data: unescape(line.slice(end + 1)),
  };
}

/** The percent sign itself last, so that `%AZP250A` becomes `%0A`. */
function unescape(text: string): string {
  return [
    ["%3B", ";"],
    ["%0D", "\r"],
    ["%0A", "\n"],
    ["%5D", "]"],
    ["%AZP25", "%"],
  ].reduce((result, [escape = "", letter = ""]) => result.replaceAll(escape, letter), text);
}
