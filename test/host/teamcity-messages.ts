// How TeamCity reads what a step prints: https://www.jetbrains.com/help/teamcity/service-messages.html

export interface ServiceMessage {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Line by line: a message, wherever in the line it starts, or the line itself. Throws on a message that is malformed. */
export function readServiceMessages(output: string): readonly (ServiceMessage | string)[] {
  return output
    .replace(/\n$/, "")
    .split(/\r\n|\r|\n/)
    .map((line) => {
      const start = line.indexOf("##teamcity[");
      return start === -1 ? line : parse(line.slice(start + "##teamcity[".length));
    });
}

function parse(text: string): ServiceMessage {
  const [head = "", name = ""] = /^([a-zA-Z][\w-]*)/.exec(text) ?? [];
  const attributes: Record<string, string> = {};
  let rest = text.slice(head.length);
  while (rest !== "]") {
    const [pair, key, value] = /^[ \t]+([a-zA-Z]\w*)[ \t]*=[ \t]*'((?:[^'|\]]|\|.)*)'/.exec(rest) ?? [];
    if (pair === undefined || key === undefined || value === undefined) {
      throw new Error(`malformed service message: ${text}`);
    }
    attributes[key] = unescape(value);
    rest = rest.slice(pair.length);
  }
  return { name, attributes };
}

function unescape(value: string): string {
  return value.replaceAll(
    /\|(?:0x([\da-f]{4})|(.))/gi,
    (whole, code: string | undefined, letter: string | undefined) => {
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      const known: Readonly<Record<string, string>> = {
        n: "\n",
        r: "\r",
        "'": "'",
        "|": "|",
        "[": "[",
        "]": "]",
      };
      const found = known[letter ?? ""];
      if (found === undefined) throw new Error(`unknown escape ${whole}`);
      return found;
    },
  );
}
