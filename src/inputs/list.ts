/**
 * Splits a list input as docker's actions do: items stand on lines of their own and, where `commas` is set,
 * also between commas; a quoted item may hold both (`""` inside is one quote). Empty items are dropped.
 */
export function splitList(text: string, options: { readonly commas: boolean }): string[] {
  const items: string[] = [];
  let item = "";
  let startsQuoted = false;
  let quoted = false;
  const finish = (): void => {
    const trimmed = item.trim();
    if (trimmed !== "") items.push(...unquote(trimmed, options));
    item = "";
    startsQuoted = false;
    quoted = false;
  };
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    // Only an item that starts with a quote is quoted: `type=image,"name=a,b"` keeps its quotes.
    if (char === '"') {
      startsQuoted ||= item.trim() === "";
      quoted = startsQuoted && !quoted;
    }
    if (!quoted && (char === "\n" || (char === "," && options.commas))) finish();
    else item += char;
  }
  finish();
  return items;
}

function unquote(item: string, options: { readonly commas: boolean }): string[] {
  if (item.length < 2 || !item.startsWith('"') || !item.endsWith('"')) return [item];
  const inner = item.slice(1, -1).replaceAll('""', '"');
  return options.commas ? splitList(inner, options) : [inner];
}
